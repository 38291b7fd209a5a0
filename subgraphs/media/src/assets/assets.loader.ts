import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import { type Asset, findAssets } from './assets.repository.ts'

export type AssetLoader = DataLoader<number, Asset | null>

/** Assets by id; null for one that is not there, or not for the caller. */
export function createAssetLoader(database: Database, caller: Caller): AssetLoader {
  return new DataLoader(async (ids) => {
    const tenant = readingTenant(caller)
    const assets = await database.read(tenant, (tx) => findAssets(tx, tenant, ids))
    return oneForEach(ids, assets, ({ id }) => id)
  })
}
