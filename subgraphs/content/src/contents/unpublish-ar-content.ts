import { appendAudit } from '@arv/events'
import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { changeContent } from './change-content.ts'
import { saveContent } from './contents.repository.ts'
import type { ContentChanged } from './create-ar-content.ts'

/** Withdraws a content from visitors; one that is not shown stays as it is. */
export async function unpublishArContent(
  context: ContentContext,
  { id }: { readonly id: string },
): Promise<ContentChanged | Failure> {
  return changeContent<ContentChanged>(
    context,
    { id, field: 'id', action: 'unpublishArContent' },
    async (tx, { content }) => {
      if (content.publishedAt === null) return { content, userErrors: [] }
      const withdrawn = await saveContent(tx, content, { publishedAt: null })
      const subject = { type: 'content', id: content.id } as const
      await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
      await appendAudit(tx, {
        action: 'content.unpublish',
        entityType: 'ArContent',
        entityId: content.id,
        changes: { publishedAt: null },
        entityVersion: withdrawn.version,
      })
      return { content: withdrawn, userErrors: [] }
    },
  )
}
