import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import type { Read } from '../context.ts'
import { findPortraits, type Portrait } from './portraits.repository.ts'

export interface PortraitLoaders {
  readonly byId: DataLoader<number, Portrait | null>
}

export function createPortraitLoaders(read: Read): PortraitLoaders {
  return {
    byId: new DataLoader(async (ids) => {
      const rows = await read((tx, visible) => findPortraits(tx, ids, visible))
      return oneForEach(ids, rows, ({ id }) => id)
    }),
  }
}
