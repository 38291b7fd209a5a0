import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, invalid } from '@arv/subgraph'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import { type ArContent, findContents } from '../contents/contents.repository.ts'
import { listVideos, saveOrder } from './videos.repository.ts'

export interface VideosReordered {
  readonly content: ArContent | null
  readonly userErrors: []
}

/** Puts all videos of a content in an order; the first that may play is the default. */
export async function reorderVideos(
  context: ContentContext,
  input: { readonly contentId: string; readonly videoIds: readonly string[] },
): Promise<VideosReordered | Failure> {
  const named = { id: input.contentId, field: 'contentId', action: 'reorderVideos' } as const
  return changeContent<VideosReordered | Failure>(context, named, async (tx, locked) => {
    const { companyId, id: contentId } = locked.content
    const wanted = input.videoIds.map((id) => fromGlobalId('Video', id))
    const videos = await listVideos(tx, [locked.content])
    const own = new Set<number | null>(videos.map(({ id }) => id))
    const isWhole =
      wanted.length === own.size && new Set(wanted).size === own.size && wanted.every((id) => own.has(id))
    if (!isWhole) {
      return failure(invalid('videoIds', 'Name every video of the content once, and no other.'))
    }
    const order = wanted.filter((id) => id !== null)
    if (videos.some(({ id, rotationOrder }) => order[rotationOrder] !== id)) {
      await saveOrder(tx, { companyId, contentId, order })
      await materialiseActiveVideo(tx, context.events, locked, 'SCHEDULE_CHANGED')
      await appendAudit(tx, {
        action: 'video.reorder',
        entityType: 'ArContent',
        entityId: contentId,
        changes: { videoIds: order },
      })
    }
    const [changed] = await findContents(tx, [contentId], [companyId])
    return { content: changed ?? null, userErrors: [] }
  })
}
