import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, limitReached } from '@arv/subgraph'
import { materialiseActiveVideo } from '../active-video/materialise-active-video.ts'
import type { ContentContext } from '../context.ts'
import { changeContent } from '../contents/change-content.ts'
import type { LockedContent } from '../contents/contents.repository.ts'
import { fileError } from '../files/file-error.ts'
import { findFile } from '../files/files.repository.ts'
import { unlessFileGoes } from '../files/unless-file-goes.ts'
import type { CaptionsInput } from './captions.ts'
import { type Captions, readCaptions } from './read-captions.ts'
import { saveCaptions } from './video-captions.repository.ts'
import { MAX_VIDEOS, nextRotationOrder, type VideoDetails, videoErrors } from './video.ts'
import { findVideos, insertVideo, listVideos, type Video } from './videos.repository.ts'

export interface AddVideo extends VideoDetails {
  /** Global ids. */
  readonly contentId: string
  readonly fileId: string
  readonly captions: readonly CaptionsInput[]
}

export interface VideoAdded {
  readonly video: Video | null
  readonly userErrors: []
}

/** Adds a video to a content; it may be what plays from now on. */
export async function addVideo(context: ContentContext, input: AddVideo): Promise<VideoAdded | Failure> {
  const added = changeContent<VideoAdded | Failure>(
    context,
    { id: input.contentId, field: 'contentId', action: 'addVideo' },
    async (tx, locked) => {
      const { companyId } = locked.content
      const fileId = fromGlobalId('Asset', input.fileId)
      const file = fileId === null ? null : await findFile(tx, companyId, fileId)
      const videos = await listVideos(tx, [locked.content])
      const { captions, errors } = await readCaptions(tx, companyId, input.captions)
      const [error, ...others] = [
        fileError(file, { kind: 'VIDEO', field: 'fileId' }),
        ...videoErrors(input),
        ...errors,
        videos.length >= MAX_VIDEOS
          ? limitReached('contentId', `A content may have at most ${MAX_VIDEOS} videos.`)
          : null,
      ].filter((each) => each !== null)
      if (error) return failure(error, ...others)
      if (file === null) throw new Error('a file that passed its checks is there')
      const rotationOrder = input.rotationOrder ?? nextRotationOrder(videos)
      const id = await insert(tx, context, locked, { ...input, fileId: file.id, rotationOrder, captions })
      const [video] = await findVideos(tx, [id], [companyId])
      return { video: video ?? null, userErrors: [] }
    },
  )
  return unlessFileGoes(added)
}

async function insert(
  tx: WriteTx,
  { events }: ContentContext,
  locked: LockedContent,
  details: Omit<VideoDetails, 'rotationOrder'> & {
    fileId: number
    rotationOrder: number
    captions: Captions[]
  },
): Promise<number> {
  const { companyId, id: contentId } = locked.content
  const { fileId, title, rotationOrder, scheduleStart, scheduleEnd, captions } = details
  const video = { fileId, title, rotationOrder, scheduleStart, scheduleEnd }
  const id = await insertVideo(tx, { companyId, contentId, ...video })
  if (captions.length > 0) await saveCaptions(tx, { companyId, contentId, id }, captions)
  await materialiseActiveVideo(tx, events, locked, 'VIDEO_ADDED')
  await appendAudit(tx, {
    action: 'video.add',
    entityType: 'Video',
    entityId: id,
    changes: { contentId, ...video, ...(captions.length > 0 && { captions }) },
  })
  return id
}
