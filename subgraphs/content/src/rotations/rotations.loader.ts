import DataLoader from 'dataloader'
import { manyForEach, oneForEach } from '@arv/subgraph'
import type { Read } from '../context.ts'
import type { ContentKey } from '../videos/videos.repository.ts'
import { findRotations, listSchedules, type RotationSchedule } from './rotations.repository.ts'

export interface RotationLoaders {
  readonly byId: DataLoader<number, RotationSchedule | null>
  /** All schedules of a content, the highest priority first. */
  readonly ofContent: DataLoader<ContentKey, RotationSchedule[], number>
}

export function createRotationLoaders(read: Read): RotationLoaders {
  return {
    byId: new DataLoader(async (ids) => {
      const rows = await read((tx, visible) => findRotations(tx, ids, visible))
      return oneForEach(ids, rows, ({ id }) => id)
    }),
    ofContent: new DataLoader<ContentKey, RotationSchedule[], number>(
      async (contents) => {
        const rows = await read((tx) => listSchedules(tx, contents))
        const ids = contents.map(({ id }) => id)
        return manyForEach(ids, rows, ({ contentId }) => contentId)
      },
      { cacheKeyFn: ({ id }) => id },
    ),
  }
}
