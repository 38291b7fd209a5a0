import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import { findStorageUsage, type StorageUsage } from './company-storage.repository.ts'

export type StorageUsageLoader = DataLoader<number, StorageUsage | null>

/** What companies store, by their id; null for one that is not there, or not for the caller. */
export function createStorageUsageLoader(database: Database, caller: Caller): StorageUsageLoader {
  return new DataLoader(async (companyIds) => {
    const tenant = readingTenant(caller)
    const usage = await database.read(tenant, (tx) => findStorageUsage(tx, tenant, companyIds))
    return oneForEach(companyIds, usage, ({ companyId }) => companyId)
  })
}
