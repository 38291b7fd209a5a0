import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, type Page, type PageArgs, toConnection } from '@arv/relay'
import { requirePage } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { countFolders, listFolders, type StorageFolder } from './storage-folders.repository.ts'

export type StorageFolderConnection = Connection<StorageFolder>

/** Pages of companies' folders: those that one operation asks for at a time cost one query for each sort of page. */
export interface FolderPages {
  of(companyId: number, args: PageArgs): Promise<StorageFolderConnection>
}

interface PageKey {
  readonly companyId: number
  readonly page: Page
}

const BY_ID = { key: 'ID', direction: 'asc', type: 'id' } as const

export function createFolderPages(database: Database, caller: Caller): FolderPages {
  const pages = new DataLoader<PageKey, StorageFolder[], string>(
    (keys) => loadPages(database, caller, keys),
    {
      cacheKeyFn: ({ companyId, page }) => `${companyId} ${JSON.stringify(page)}`,
    },
  )
  const totals = new DataLoader<number, number>(async (companyIds) => {
    const tenant = readingTenant(caller)
    const counts = await database.read(tenant, (tx) => countFolders(tx, tenant, companyIds))
    const byCompany = new Map(counts.map(({ companyId, total }) => [companyId, total]))
    return companyIds.map((companyId) => byCompany.get(companyId) ?? 0)
  })
  return {
    async of(companyId, args) {
      const page = requirePage(args, BY_ID)
      return toConnection({
        page,
        rows: await pages.load({ companyId, page }),
        positionOf: ({ id }) => ({ sort: null, id }),
        nodeOf: (folder) => folder,
        totalCount: () => totals.load(companyId),
      })
    },
  }
}

async function loadPages(
  database: Database,
  caller: Caller,
  keys: readonly PageKey[],
): Promise<StorageFolder[][]> {
  const tenant = readingTenant(caller)
  const samePage = Map.groupBy(keys, ({ page }) => JSON.stringify(page))
  return database.read(tenant, async (tx) => {
    const rows = new Map<PageKey, StorageFolder[]>()
    for (const group of samePage.values()) {
      const [first] = group
      if (!first) continue
      const companyIds = group.map(({ companyId }) => companyId)
      const folders = Map.groupBy(
        await listFolders(tx, tenant, companyIds, first.page),
        ({ companyId }) => companyId,
      )
      for (const key of group) rows.set(key, folders.get(key.companyId) ?? [])
    }
    return keys.map((key) => rows.get(key) ?? [])
  })
}
