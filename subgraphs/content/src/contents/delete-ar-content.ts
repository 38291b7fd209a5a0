import { appendAudit } from '@arv/events'
import { toGlobalId } from '@arv/relay'
import type { Failure } from '@arv/subgraph'
import { refusalOfPart } from '@arv/subgraph/access'
import type { ContentContext } from '../context.ts'
import { changeContent } from './change-content.ts'
import { saveContent } from './contents.repository.ts'
import { purgeContent } from './purge-contents.ts'

export interface DeleteArContent {
  /** A global id. */
  readonly id: string
  /** Without a way back, also of one that was deleted before. */
  readonly permanently: boolean
}

interface DeletedContent {
  readonly deletedContentId: string
  readonly userErrors: []
}

/** Takes a content away from visitors and lists at once. It can be restored for a while, unless that is not wanted. */
export async function deleteArContent(
  context: ContentContext,
  { id, permanently }: DeleteArContent,
): Promise<DeletedContent | Failure> {
  const presence = permanently ? 'any' : 'present'
  const named = { id, field: 'id', action: 'deleteArContent', presence } as const
  return changeContent<DeletedContent | Failure>(context, named, async (tx, { content, instant }) => {
    if (permanently) {
      const refused = await refusalOfPart(tx, context.caller, 'deleteArContent.permanently')
      if (refused) return refused
    }
    const wasThere = content.deletedAt === null
    const deleted = wasThere ? await saveContent(tx, content, { deletedAt: instant }) : content
    if (wasThere) {
      const subject = { type: 'content', id: content.id } as const
      await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
      await appendAudit(tx, {
        action: 'content.delete',
        entityType: 'ArContent',
        entityId: content.id,
        changes: { title: content.title, deletedAt: instant },
        entityVersion: deleted.version,
      })
    }
    if (permanently) await purgeContent(tx, context.jobs, deleted)
    return { deletedContentId: toGlobalId('ArContent', content.id), userErrors: [] }
  })
}
