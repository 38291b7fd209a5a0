import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { oneForEach } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { findVideoPlays, type VideoPlays } from './video-plays.repository.ts'

/** By video id; null for a video that isn't there for the caller. */
export type VideoPlaysLoader = DataLoader<number, VideoPlays | null>

export function createVideoPlaysLoader(database: Database, caller: Caller): VideoPlaysLoader {
  return new DataLoader(async (ids) => {
    const tenant = readingTenant(caller)
    const found = await database.read(tenant, (tx) => findVideoPlays(tx, tenant, ids))
    return oneForEach(ids, found, ({ id }) => id)
  })
}
