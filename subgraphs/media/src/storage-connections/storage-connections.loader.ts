import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import { findStorageConnections, type StorageConnection } from './storage-connections.repository.ts'

export type StorageConnectionLoader = DataLoader<number, StorageConnection | null>

/** Storage connections by id; null for one that is not there, or that no company of the caller uses. */
export function createStorageConnectionLoader(database: Database, caller: Caller): StorageConnectionLoader {
  return new DataLoader(async (ids) => {
    const tenant = readingTenant(caller)
    const connections = await database.read(tenant, (tx) => findStorageConnections(tx, tenant, ids))
    return oneForEach(ids, connections, ({ id }) => id)
  })
}
