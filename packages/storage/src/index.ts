export { createLocalDiskDriver, type LocalDiskDriver } from './local-disk-driver.ts'
export type {
  OpenedFile,
  ReadRange,
  StorageDriver,
  StoredFile,
  WriteOptions,
  Written,
} from './storage-driver.ts'
export { StorageError, type StorageErrorCode } from './storage-error.ts'
export { checkPath } from './storage-path.ts'
export { isOutOfSpace } from './system-error.ts'
