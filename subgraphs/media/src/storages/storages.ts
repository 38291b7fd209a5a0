import { join } from 'node:path'
import { checkPath, createLocalDiskDriver, type StorageDriver, StorageError } from '@arv/storage'
import type { StorageConnection } from '../storage-connections/storage-connections.repository.ts'

type StorageAddress = Pick<StorageConnection, 'provider' | 'basePath'>

/** The drivers of the storages that files lie in. */
export interface Storages {
  /** @throws StorageError UNAVAILABLE for a kind of storage that this process can't reach */
  driverFor(connection: StorageAddress): StorageDriver
}

/** @param localRoot where connections of the kind LOCAL_DISK have their folders */
export function createStorages({ localRoot }: { localRoot: string }): Storages {
  return {
    driverFor({ provider, basePath }) {
      switch (provider) {
        case 'LOCAL_DISK':
          return createLocalDiskDriver({
            root: join(localRoot, ...(basePath === '' ? [] : checkPath(basePath))),
          })
        case 'MINIO':
        case 'YANDEX_DISK':
          throw new StorageError('UNAVAILABLE', { message: 'Storages of this kind are not supported yet.' })
      }
    },
  }
}
