import { StorageError } from './storage-error.ts'

/** Names that begin so are files that are still being written. */
export const temporaryPrefix = '.arv-tmp-'

// The narrowest of what the drivers take: S3 limits a key to 1024 bytes, file systems and Yandex Disk a name to 255.
const maxPathBytes = 1024
const maxNameBytes = 255

/**
 * Checks the path of a file or folder and returns its segments.
 *
 * Refused, with `INVALID_PATH`: an empty or absolute path, an empty segment (`a//b`, `a/`), `.` and `..`,
 * backslashes, control characters, lone surrogates, more than 1024 bytes in all or 255 in a segment, and names
 * that the drivers keep for themselves.
 */
export function checkPath(path: string): string[] {
  if (!path.isWellFormed() || Buffer.byteLength(path) > maxPathBytes) throw new StorageError('INVALID_PATH')
  const segments = path.split('/')
  if (!segments.every(isValidName)) throw new StorageError('INVALID_PATH')
  return segments
}

function isValidName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false
  if (Buffer.byteLength(name) > maxNameBytes) return false
  if (name.startsWith(temporaryPrefix)) return false
  return !name.includes('\\') && !/\p{Cc}/u.test(name)
}
