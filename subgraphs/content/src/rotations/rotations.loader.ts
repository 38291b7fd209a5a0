import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import type { Read } from '../context.ts'
import type { ContentKey } from '../videos/videos.repository.ts'
import { findRotations, listRotations, type RotationSchedule } from './rotations.repository.ts'

export interface RotationLoaders {
  readonly byId: DataLoader<number, RotationSchedule | null>
  readonly ofContent: DataLoader<ContentKey, RotationSchedule | null, number>
}

export function createRotationLoaders(read: Read): RotationLoaders {
  return {
    byId: new DataLoader(async (ids) => {
      const rows = await read((tx, visible) => findRotations(tx, ids, visible))
      return oneForEach(ids, rows, ({ id }) => id)
    }),
    ofContent: new DataLoader<ContentKey, RotationSchedule | null, number>(
      async (contents) => {
        const rows = await read((tx) => listRotations(tx, contents))
        const ids = contents.map(({ id }) => id)
        return oneForEach(ids, rows, ({ contentId }) => contentId)
      },
      { cacheKeyFn: ({ id }) => id },
    ),
  }
}
