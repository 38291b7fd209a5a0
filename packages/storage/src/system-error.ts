import { StorageError, type StorageErrorCode } from './storage-error.ts'

const codes: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: 'NOT_FOUND',
  ENOSPC: 'OUT_OF_SPACE',
  EDQUOT: 'OUT_OF_SPACE',
  EACCES: 'PERMISSION',
  EPERM: 'PERMISSION',
  EROFS: 'PERMISSION',
  EFBIG: 'TOO_LARGE',
  EEXIST: 'INVALID_PATH',
  EISDIR: 'INVALID_PATH',
  ENOTDIR: 'INVALID_PATH',
  ENOTEMPTY: 'INVALID_PATH',
  ELOOP: 'INVALID_PATH',
  ENAMETOOLONG: 'INVALID_PATH',
}

/** The `code` of an error of the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Says what an error of the file system means for a storage. */
export function fromSystemError(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  return new StorageError(codes[systemCode(error) ?? ''] ?? 'UNAVAILABLE', { cause: error })
}

/** Whether a storage, or the file system of this machine, failed because it is full. */
export function isOutOfSpace(error: unknown): boolean {
  return fromSystemError(error).code === 'OUT_OF_SPACE'
}

/** Runs work on the file system; whatever it throws comes out as a `StorageError`. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw fromSystemError(error)
  }
}
