import DataLoader from 'dataloader'
import { manyForEach, oneForEach } from '@arv/subgraph'
import type { Read } from '../context.ts'
import { listCaptions, type VideoCaptions, type VideoKey } from './video-captions.repository.ts'
import { type ContentKey, findVideos, listVideos, type Video } from './videos.repository.ts'

export interface VideoLoaders {
  readonly byId: DataLoader<number, Video | null>
  /** All videos of a content, by rotation order, then by age. */
  readonly ofContent: DataLoader<ContentKey, Video[], number>
  /** All captions of a video, in the order in which they were given. */
  readonly captionsOf: DataLoader<VideoKey, VideoCaptions[], number>
}

export function createVideoLoaders(read: Read): VideoLoaders {
  return {
    byId: new DataLoader(async (ids) => {
      const rows = await read((tx, visible) => findVideos(tx, ids, visible))
      return oneForEach(ids, rows, ({ id }) => id)
    }),
    ofContent: new DataLoader<ContentKey, Video[], number>(
      async (contents) => {
        const rows = await read((tx) => listVideos(tx, contents))
        const ids = contents.map(({ id }) => id)
        return manyForEach(ids, rows, ({ contentId }) => contentId)
      },
      { cacheKeyFn: ({ id }) => id },
    ),
    captionsOf: new DataLoader<VideoKey, VideoCaptions[], number>(
      async (videos) => {
        const rows = await read((tx) => listCaptions(tx, videos))
        const ids = videos.map(({ id }) => id)
        return manyForEach(ids, rows, ({ videoId }) => videoId)
      },
      { cacheKeyFn: ({ id }) => id },
    ),
  }
}
