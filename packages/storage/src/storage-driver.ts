import type { Readable } from 'node:stream'

/** What `stat` and `list` say about a file. */
export type StoredFile = {
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

export type WriteOptions = {
  /** Ends the write; the promise then rejects with an `AbortError` and nothing is left behind. */
  readonly signal?: AbortSignal
  /** The write fails with `TOO_LARGE` as soon as one byte more than this has come. */
  readonly maxBytes?: number
}

export type Written = {
  readonly sizeBytes: number
  /** Lower-case hex SHA-256 of what was stored, computed while it passed through. */
  readonly checksumSha256: string
}

/** First and last byte, both inclusive, as in HTTP. An `end` past the file means its last byte. */
export type ReadRange = {
  readonly start?: number
  readonly end?: number
}

export type OpenedFile = {
  /** Must be read to its end or destroyed, otherwise the file stays open. */
  readonly stream: Readable
  /** Size of the whole file, also when only a part of it is read. */
  readonly sizeBytes: number
}

/**
 * A place that keeps files. Every driver behaves the same; `storageContract` says how.
 *
 * Paths are relative, with `/` between segments (see `checkPath` for what is refused). All failures of the
 * storage are `StorageError`; a failure of the *source* of a write is passed on as it is, because the caller
 * knows what it means.
 */
export type StorageDriver = {
  /**
   * Stores the whole stream under `path`, making folders on the way, and replaces what was there. Readers see
   * the old file or the new one, never a part: a stream that breaks off, an abort or a full disk leaves what
   * was there before.
   */
  write(path: string, source: Readable, options?: WriteOptions): Promise<Written>
  /** Opens a file. Throws `NOT_FOUND`, and `INVALID_RANGE` for a range that holds no byte of the file. */
  read(path: string, range?: ReadRange): Promise<OpenedFile>
  /** `null` if there is no file, also if there is a folder of that name. */
  stat(path: string): Promise<StoredFile | null>
  /** Removes a file; succeeds if it is not there. */
  remove(path: string): Promise<void>
  makeFolder(path: string): Promise<void>
  /** Removes a folder with all that is in it; succeeds if it is not there. */
  removeFolder(path: string): Promise<void>
  /** Copies a file and replaces what was at `to`. Throws `NOT_FOUND`. */
  copy(from: string, to: string): Promise<void>
  /** Moves a file and replaces what was at `to`. Throws `NOT_FOUND`. */
  move(from: string, to: string): Promise<void>
  /** All files under a folder, at any depth, in no promised order; `''` is the whole storage. */
  list(folder: string): AsyncIterable<StoredFile & { readonly path: string }>
  /** Writes, reads back and removes a small file. Throws a `StorageError` that says what does not work. */
  test(): Promise<void>
}
