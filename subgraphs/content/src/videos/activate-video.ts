import { appendAudit } from '@arv/events'
import { type Failure, failure, invalid, notFound } from '@arv/subgraph'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import { isEligible } from '../active-video/rules/windows.ts'
import type { ContentContext } from '../context.ts'
import { type ArContent, findContents } from '../contents/contents.repository.ts'
import { changeVideo } from './change-video.ts'
import type { Video } from './videos.repository.ts'

export interface VideoActivated {
  readonly video: Video
  readonly content: ArContent
  readonly userErrors: []
}

/** Lets a video take over from whatever rotation and windows say. */
export async function activateVideo(
  context: ContentContext,
  input: { readonly id: string },
): Promise<VideoActivated | Failure> {
  const named = { id: input.id, action: 'activateVideo' } as const
  return changeVideo<VideoActivated | Failure>(context, named, async (tx, video, { content, instant }) => {
    if (!isEligible(video, instant)) {
      return failure(invalid('id', 'This video may not play now: it is not ready, or outside its window.'))
    }
    const { companyId, contentId } = video
    const takenOver = { ...content, manualVideoId: video.id, manualSince: instant }
    await materialiseActiveVideo(tx, context.events, { content: takenOver, instant }, 'ACTIVATED')
    await appendAudit(tx, {
      action: 'video.activate',
      entityType: 'Video',
      entityId: video.id,
      changes: { contentId, previousVideoId: content.activeVideoId },
    })
    const [changed] = await findContents(tx, [contentId], [companyId])
    return changed ? { video, content: changed, userErrors: [] } : failure(notFound('id', 'video'))
  })
}
