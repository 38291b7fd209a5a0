import { isDeepStrictEqual } from 'node:util'
import type { WriteTx } from '@arv/database'
import { appendAudit, type RotationChangeReason } from '@arv/events'
import { asGiven, changesOf, clearable, clearedProblems, type Failure, failure, kept } from '@arv/subgraph'
import { staleVersion } from '@arv/subgraph/access'
import type { UpdateVideoInput } from '../__generated__/resolver-types.ts'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import { hasWindow, isEligible } from '../active-video/rules/windows.ts'
import type { ContentContext } from '../context.ts'
import type { LockedContent } from '../contents/contents.repository.ts'
import { unlessFileGoes } from '../files/unless-file-goes.ts'
import { changeVideo } from './change-video.ts'
import { type Captions, readCaptions } from './read-captions.ts'
import { listCaptions, saveCaptions } from './video-captions.repository.ts'
import { videoErrors } from './video.ts'
import { findVideos, saveVideo, type Video } from './videos.repository.ts'

export interface VideoUpdated {
  readonly video: Video
  readonly userErrors: []
}

/** Changes what is given of a video; another window or place may change what plays, in the same transaction. */
export async function updateVideo(
  context: ContentContext,
  input: UpdateVideoInput,
): Promise<VideoUpdated | Failure> {
  const named = { id: input.id, action: 'updateVideo' } as const
  const updated = changeVideo<VideoUpdated | Failure>(context, named, async (tx, video, locked) => {
    const entity = { entityType: 'Video', entityId: video.id, version: video.version }
    const stale = await staleVersion(tx, input.expectedVersion, entity)
    if (stale) return failure(stale)
    const changes = changesOf<Video>(video, readPatch(input))
    const { captions, errors } = await changedCaptions(tx, video, input.captions)
    const [error, ...others] = [
      ...clearedProblems(input, ['title', 'rotationOrder']),
      ...videoErrors({ ...video, ...changes }),
      ...errors,
    ]
    if (error) return failure(error, ...others)
    if (Object.keys(changes).length === 0 && captions === null) return { video, userErrors: [] }
    return save(tx, context, { video, locked, changes, captions })
  })
  return unlessFileGoes(updated)
}

function readPatch(input: UpdateVideoInput) {
  return {
    title: kept(input.title, (title) => title.trim()),
    rotationOrder: kept(input.rotationOrder, asGiven),
    scheduleStart: clearable(input.scheduleStart, asGiven),
    scheduleEnd: clearable(input.scheduleEnd, asGiven),
  }
}

/** All captions that a video is to have from now on; null when it keeps those that it has. */
async function changedCaptions(tx: WriteTx, video: Video, inputs: UpdateVideoInput['captions']) {
  if (inputs == null) return { captions: null, errors: [] }
  const { captions, errors } = await readCaptions(tx, video.companyId, inputs)
  const known = (await listCaptions(tx, [video])).map(({ videoId: _videoId, ...each }) => each)
  return { captions: isDeepStrictEqual(captions, known) ? null : captions, errors }
}

interface Update {
  readonly video: Video
  readonly locked: LockedContent
  readonly changes: Partial<Video>
  readonly captions: readonly Captions[] | null
}

async function save(
  tx: WriteTx,
  { events }: ContentContext,
  { video, locked, changes, captions }: Update,
): Promise<VideoUpdated> {
  const { companyId, id, contentId } = video
  await saveVideo(tx, video, changes)
  if (captions !== null) await saveCaptions(tx, video, captions)
  await materialiseActiveVideo(tx, events, locked, reasonOf(video, { ...video, ...changes }, locked.instant))
  if (('title' in changes || captions !== null) && locked.content.activeVideoId === id) {
    await events.append(tx, {
      type: 'content.details',
      subject: { type: 'content', id: contentId },
      payload: {},
    })
  }
  const version = video.version + 1
  await appendAudit(tx, {
    action: 'video.update',
    entityType: 'Video',
    entityId: id,
    changes: { ...changes, ...(captions !== null && { captions }) },
    entityVersion: version,
  })
  const [updated = { ...video, ...changes, version }] = await findVideos(tx, [id], [companyId])
  return { video: updated, userErrors: [] }
}

/** Why something else plays, if it does, after a video's window or place was changed. */
function reasonOf(before: Video, after: Video, instant: Date): RotationChangeReason {
  const [was, is] = [before, after].map((video) => hasWindow(video) && isEligible(video, instant))
  if (was === is) return 'SCHEDULE_CHANGED'
  return is ? 'WINDOW_OPENED' : 'WINDOW_CLOSED'
}
