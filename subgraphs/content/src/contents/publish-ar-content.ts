import { appendAudit } from '@arv/events'
import { type Failure, failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { findFile } from '../files/files.repository.ts'
import { markerOf } from '../markers/marker.ts'
import { listVideos } from '../videos/videos.repository.ts'
import { publishingErrors } from './ar-content.ts'
import { changeContent } from './change-content.ts'
import { saveContent } from './contents.repository.ts'
import type { ContentChanged } from './create-ar-content.ts'
import { refuseSimilar, type SimilarFailure } from './refuse-similar.ts'

export interface PublishArContent {
  /** A global id. */
  readonly id: string
  readonly force: boolean
  readonly allowSimilar: boolean
}

/** Shows a content to visitors; one that is shown already stays as it is. */
export async function publishArContent(
  context: ContentContext,
  { id, force, allowSimilar }: PublishArContent,
): Promise<ContentChanged | SimilarFailure | Failure> {
  return changeContent<ContentChanged | SimilarFailure | Failure>(
    context,
    { id, field: 'id', action: 'publishArContent' },
    async (tx, locked) => {
      const { content, instant } = locked
      if (content.publishedAt !== null) return { content, userErrors: [] }
      const image = await findFile(tx, content.companyId, content.imageId)
      const videos = await listVideos(tx, [content])
      const [error, ...others] = publishingErrors(
        {
          isImageReady: image?.status === 'READY',
          marker: markerOf(content),
          readyVideos: videos.filter(({ isReady }) => isReady).length,
        },
        force,
      )
      if (error) return failure(error, ...others)

      const similarAllowed = content.similarAllowed || allowSimilar
      const { companyId, imageId, id: contentId } = content
      const comparison = { companyId, imageId, contentId, among: 'shown' } as const
      const refused = similarAllowed ? undefined : await refuseSimilar(tx, comparison, 'id')
      if (refused) return refused

      const published = await saveContent(tx, content, { publishedAt: instant, similarAllowed })
      const subject = { type: 'content', id: content.id } as const
      await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
      await appendAudit(tx, {
        action: 'content.publish',
        entityType: 'ArContent',
        entityId: content.id,
        changes: { publishedAt: instant, force },
        entityVersion: published.version,
      })
      return { content: published, userErrors: [] }
    },
  )
}
