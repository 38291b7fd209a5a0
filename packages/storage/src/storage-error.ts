export type StorageErrorCode =
  | 'NOT_FOUND'
  | 'OUT_OF_SPACE'
  | 'PERMISSION'
  | 'INVALID_PATH'
  | 'INVALID_RANGE'
  | 'TOO_LARGE'
  | 'UNAVAILABLE'

const messages: Record<StorageErrorCode, string> = {
  NOT_FOUND: 'The file is not in the storage.',
  OUT_OF_SPACE: 'The storage is full.',
  PERMISSION: 'The storage does not allow this.',
  INVALID_PATH: 'This is not a valid place in the storage.',
  INVALID_RANGE: 'The file has no bytes in the requested range.',
  TOO_LARGE: 'The file is larger than allowed.',
  UNAVAILABLE: 'The storage does not answer.',
}

/**
 * A failure of the storage. `code` is for programs and stable; `message` is for people and never holds a host,
 * a credential or a path. `cause` keeps what the system said: it may hold all of these and is for the log only.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, options: { message?: string; cause?: unknown } = {}) {
    super(
      options.message ?? messages[code],
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
  }
}
