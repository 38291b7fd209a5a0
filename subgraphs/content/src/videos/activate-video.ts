import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, invalid, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import { isEligible } from '../active-video/rules/windows.ts'
import type { ContentContext } from '../context.ts'
import { type ArContent, findContents, lockContent } from '../contents/contents.repository.ts'
import { findVideos, type Video } from './videos.repository.ts'

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
  const missing = notFound('id', 'video')
  const id = fromGlobalId('Video', input.id)
  const [known] = await context.read(async (tx, visible) =>
    id === null ? [] : findVideos(tx, [id], visible),
  )
  if (!known) return failure(missing)
  const { companyId, contentId } = known
  const change = { companyId, action: 'activateVideo', missing } as const
  return changeCompany<VideoActivated | Failure>(context.database, context.caller, change, async (tx) => {
    // Its lock puts activations of one content one after the other: the last one wins, and there is only one.
    const locked = await lockContent(tx, companyId, contentId)
    const [video] = await findVideos(tx, [known.id], [companyId])
    if (!locked || !video) return failure(missing)
    const { content, instant } = locked
    if (!isEligible(video, instant)) {
      return failure(invalid('id', 'This video may not play now: it is not ready, or outside its window.'))
    }
    const takenOver = { ...content, manualVideoId: video.id, manualSince: instant }
    await materialiseActiveVideo(tx, context.events, { content: takenOver, instant }, 'ACTIVATED')
    await appendAudit(tx, {
      action: 'video.activate',
      entityType: 'Video',
      entityId: video.id,
      changes: { contentId, previousVideoId: content.activeVideoId },
    })
    const [changed] = await findContents(tx, [contentId], [companyId])
    return changed ? { video, content: changed, userErrors: [] } : failure(missing)
  })
}
