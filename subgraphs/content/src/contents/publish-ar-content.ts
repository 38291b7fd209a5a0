import { appendAudit } from '@arv/events'
import { type Failure, failure } from '@arv/subgraph'
import type { ContentContext } from '../context.ts'
import { findFile } from '../files/files.repository.ts'
import { listVideos } from '../videos/videos.repository.ts'
import { publishingErrors } from './ar-content.ts'
import { changeContent } from './change-content.ts'
import { savePublication } from './contents.repository.ts'
import type { ContentChanged } from './create-ar-content.ts'

/** Shows a content to visitors; one that is shown already stays as it is. */
export async function publishArContent(
  context: ContentContext,
  { id, force }: { readonly id: string; readonly force: boolean },
): Promise<ContentChanged | Failure> {
  return changeContent<ContentChanged | Failure>(
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
          marker: { status: content.markerStatus, rating: content.markerRating },
          readyVideos: videos.filter(({ isReady }) => isReady).length,
        },
        force,
      )
      if (error) return failure(error, ...others)

      const published = await savePublication(tx, content, instant)
      const subject = { type: 'content', id: content.id } as const
      await context.events.append(tx, { type: 'content.validity', subject, payload: {} })
      await appendAudit(tx, {
        action: 'content.publish',
        entityType: 'ArContent',
        entityId: content.id,
        changes: { publishedAt: instant, force },
      })
      return { content: published, userErrors: [] }
    },
  )
}
