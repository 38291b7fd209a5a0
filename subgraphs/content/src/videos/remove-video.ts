import { appendAudit } from '@arv/events'
import { toGlobalId } from '@arv/relay'
import { type Failure, failure, notFound } from '@arv/subgraph'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import type { ContentContext } from '../context.ts'
import { type ArContent, findContents } from '../contents/contents.repository.ts'
import { changeVideo } from './change-video.ts'
import { deleteVideo } from './videos.repository.ts'

export interface VideoRemoved {
  readonly removedVideoId: string
  readonly content: ArContent
  readonly userErrors: []
}

/**
 * Takes a video from its content. If it was the one that plays, the next one that may takes over in the same
 * transaction. Its place in rotations stays empty, so that the turns of the others don't move; its file stays an asset.
 */
export async function removeVideo(
  context: ContentContext,
  input: { readonly id: string },
): Promise<VideoRemoved | Failure> {
  const named = { id: input.id, action: 'removeVideo' } as const
  return changeVideo<VideoRemoved | Failure>(context, named, async (tx, video, { content, instant }) => {
    const { companyId, contentId, fileId, title } = video
    const isManual = content.manualVideoId === video.id
    const left = { ...content, ...(isManual && { manualVideoId: null, manualSince: null }) }
    await deleteVideo(tx, video)
    await materialiseActiveVideo(tx, context.events, { content: left, instant }, 'VIDEO_REMOVED')
    await appendAudit(tx, {
      action: 'video.remove',
      entityType: 'Video',
      entityId: video.id,
      changes: { contentId, fileId, title },
    })
    const [changed] = await findContents(tx, [contentId], [companyId])
    if (!changed) return failure(notFound('id', 'video'))
    return { removedVideoId: toGlobalId('Video', video.id), content: changed, userErrors: [] }
  })
}
