import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import type { AssetUse } from './asset-use.ts'
import { findUses } from './asset-uses.repository.ts'
import type { Asset } from './assets.repository.ts'

export type AssetUsesLoader = DataLoader<Asset, AssetUse[], number>

/** What uses files, asked for all of them at once. */
export function createAssetUsesLoader(database: Database, caller: Caller): AssetUsesLoader {
  return new DataLoader<Asset, AssetUse[], number>(
    async (files) => {
      const uses = await database.read(readingTenant(caller), (tx) => findUses(tx, files))
      const byFile = Map.groupBy(uses, ({ assetId }) => assetId)
      return files.map(({ id }) => byFile.get(id) ?? [])
    },
    { cacheKeyFn: ({ id }) => id },
  )
}
