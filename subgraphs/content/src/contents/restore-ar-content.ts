import { appendAudit } from '@arv/events'
import type { Failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { columnsOf, isAwaited, markerOf, requestAgain } from '../markers/marker.ts'
import { requestMarker } from '../markers/request-marker.ts'
import { isShown } from './ar-content.ts'
import { changeContent } from './change-content.ts'
import { saveContent } from './contents.repository.ts'
import type { ContentChanged } from './create-ar-content.ts'
import { refuseSimilar, type SimilarFailure } from './refuse-similar.ts'

export interface RestoreArContent {
  /** A global id. */
  readonly id: string
  readonly allowSimilar: boolean
}

/** Brings a deleted content back as it was. A marker that was being compiled then is compiled anew. */
export async function restoreArContent(
  context: ContentContext,
  { id, allowSimilar }: RestoreArContent,
): Promise<ContentChanged | SimilarFailure | Failure> {
  const named = { id, field: 'id', action: 'restoreArContent', presence: 'restorable' } as const
  return changeContent<ContentChanged | SimilarFailure | Failure>(
    context,
    named,
    async (tx, { content, instant }) => {
      const similarAllowed = content.similarAllowed || allowSimilar
      const { companyId, imageId, id: contentId } = content
      const comparison = { companyId, imageId, contentId, among: 'shown' } as const
      const isCompared = !similarAllowed && isShown(content, instant)
      const refused = isCompared ? await refuseSimilar(tx, comparison, 'id') : undefined
      if (refused) return refused

      const marker = markerOf(content)
      const restored = await saveContent(tx, content, {
        deletedAt: null,
        similarAllowed,
        ...(isAwaited(marker) && columnsOf(requestAgain(marker))),
      })
      if (isAwaited(marker)) await requestMarker(tx, context, restored)
      const subject = { type: 'content', id: contentId } as const
      await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
      await appendAudit(tx, {
        action: 'content.restore',
        entityType: 'ArContent',
        entityId: contentId,
        changes: { deletedAt: null },
        entityVersion: restored.version,
      })
      return { content: restored, userErrors: [] }
    },
  )
}
