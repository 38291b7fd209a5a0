import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import type { JobSender } from '@arv/jobs'
import type { Logger } from 'pino'
import { type AssetLists, createAssetLists } from './assets/asset-lists.loader.ts'
import { type AssetUsesLoader, createAssetUsesLoader } from './assets/asset-uses.loader.ts'
import { type AssetLoader, createAssetLoader } from './assets/assets.loader.ts'
import {
  type CompanyExportLoader,
  createCompanyExportLoader,
  createExportsOfCompanyLoader,
  type ExportsOfCompanyLoader,
} from './company-exports/company-exports.loader.ts'
import { createStorageUsageLoader, type StorageUsageLoader } from './companies/storage-usage.loader.ts'
import type { FileAddresses } from './file-routes/file-addresses.ts'
import type { MediaLimits } from './limits.ts'
import type { MediaObserver } from './media-observer.ts'
import { createPublicFileLoader, type PublicFileLoader } from './public-files/public-files.loader.ts'
import {
  createStorageConnectionLoader,
  type StorageConnectionLoader,
} from './storage-connections/storage-connections.loader.ts'
import { createFolderPages, type FolderPages } from './storage-folders/folder-pages.ts'
import {
  createFolderContentsLoader,
  createStorageFolderLoader,
  type FolderContentsLoader,
  type StorageFolderLoader,
} from './storage-folders/storage-folders.loader.ts'
import type { Storages } from './storages/storages.ts'
import type { WorkFolders } from './storages/work-folders.ts'

/** What the subgraph works with, for as long as it runs. */
export interface MediaServices {
  readonly database: Database
  readonly jobs: JobSender
  readonly storages: Storages
  readonly workFolders: WorkFolders
  readonly addresses: FileAddresses
  readonly limits: MediaLimits
  readonly observer: MediaObserver
  readonly logger: Logger
}

/** What the resolvers of one operation work with. */
export interface MediaContext {
  readonly caller: Caller
  readonly services: MediaServices
  readonly assets: AssetLoader
  readonly assetLists: AssetLists
  readonly assetUses: AssetUsesLoader
  readonly publicFiles: PublicFileLoader
  readonly storageConnections: StorageConnectionLoader
  readonly storageFolders: StorageFolderLoader
  readonly folderContents: FolderContentsLoader
  readonly folderPages: FolderPages
  readonly storageUsage: StorageUsageLoader
  readonly companyExports: CompanyExportLoader
  readonly exportsOfCompany: ExportsOfCompanyLoader
}

export function createMediaContext(services: MediaServices, caller: Caller): MediaContext {
  const { database } = services
  return {
    caller,
    services,
    assets: createAssetLoader(database, caller),
    assetLists: createAssetLists(database, caller),
    assetUses: createAssetUsesLoader(database, caller),
    publicFiles: createPublicFileLoader(database),
    storageConnections: createStorageConnectionLoader(database, caller),
    storageFolders: createStorageFolderLoader(database, caller),
    folderContents: createFolderContentsLoader(database, caller),
    folderPages: createFolderPages(database, caller),
    storageUsage: createStorageUsageLoader(database, caller),
    companyExports: createCompanyExportLoader(database, caller),
    exportsOfCompany: createExportsOfCompanyLoader(database, caller),
  }
}
