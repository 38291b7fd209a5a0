import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { OpenedFile, ReadRange } from './storage-driver.ts'
import { StorageError } from './storage-error.ts'

/** Reads a part of an open file. The stream closes the file; so does a refusal. */
export async function readRange(handle: FileHandle, range: ReadRange): Promise<OpenedFile> {
  try {
    const file = await handle.stat()
    if (!file.isFile()) throw new StorageError(file.isDirectory() ? 'NOT_FOUND' : 'INVALID_PATH')
    const bounds = checkRange(range, file.size)
    if (bounds === null) {
      await handle.close()
      return { stream: Readable.from([]), sizeBytes: 0 }
    }
    return { stream: handle.createReadStream(bounds), sizeBytes: file.size }
  } catch (error) {
    await handle.close().catch(() => undefined)
    throw error
  }
}

/** `null` stands for the whole of an empty file, which has no first byte that a range could name. */
function checkRange(range: ReadRange, sizeBytes: number): { start: number; end: number } | null {
  if (sizeBytes === 0 && range.start === undefined && range.end === undefined) return null
  const { start = 0, end = sizeBytes - 1 } = range
  const valid = Number.isSafeInteger(start) && Number.isSafeInteger(end)
  if (!valid || start < 0 || start > end || start >= sizeBytes) throw new StorageError('INVALID_RANGE')
  return { start, end: Math.min(end, sizeBytes - 1) }
}
