import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { oneForEach } from '@arv/subgraph'
import {
  findFolderContents,
  findStorageFolders,
  type FolderContents,
  type StorageFolder,
} from './storage-folders.repository.ts'

export type StorageFolderLoader = DataLoader<number, StorageFolder | null>

/** Folders by id; null for one that is not there, or not for the caller. */
export function createStorageFolderLoader(database: Database, caller: Caller): StorageFolderLoader {
  return new DataLoader(async (ids) => {
    const tenant = readingTenant(caller)
    const folders = await database.read(tenant, (tx) => findStorageFolders(tx, tenant, ids))
    return oneForEach(ids, folders, ({ id }) => id)
  })
}

export type FolderContentsLoader = DataLoader<StorageFolder, FolderContents, number>

/** What lies in folders, counted for all of them at once. */
export function createFolderContentsLoader(database: Database, caller: Caller): FolderContentsLoader {
  return new DataLoader<StorageFolder, FolderContents, number>(
    async (folders) => {
      const contents = await database.read(readingTenant(caller), (tx) => findFolderContents(tx, folders))
      const byFolder = new Map(contents.map((row) => [row.folderId, row]))
      return folders.map(({ id }) => byFolder.get(id) ?? { folderId: id, filesCount: 0, totalSizeBytes: 0 })
    },
    { cacheKeyFn: ({ id }) => id },
  )
}
