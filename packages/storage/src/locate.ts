import { mkdir, realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { StorageError } from './storage-error.ts'
import { fromSystemError } from './system-error.ts'
import { ifThere } from './walk.ts'

/** The real path of the storage's root, which is made if it is not there. */
export async function openRoot(root: string): Promise<string> {
  try {
    const existing = await ifThere(realpath(root))
    if (existing !== null) return existing
    await mkdir(root, { recursive: true })
    return await realpath(root)
  } catch (error) {
    // Whatever path was asked for, it is not that one that is wrong.
    const code = fromSystemError(error).code === 'PERMISSION' ? 'PERMISSION' : 'UNAVAILABLE'
    throw new StorageError(code, { message: "The storage's folder can not be opened.", cause: error })
  }
}

/**
 * The absolute path of `segments` under `root`, with the symbolic links on the way resolved. Throws
 * `INVALID_PATH` if they lead out of the root. The last segment is not followed: callers open it so that a
 * link there is refused.
 */
export async function locate(root: string, segments: readonly string[]): Promise<string> {
  const realRoot = await openRoot(root)
  const path = join(realRoot, ...segments)
  // Folders that are still to be made can't be links, so the deepest existing one decides.
  let existing = dirname(path)
  let real = await ifThere(realpath(existing))
  while (real === null) {
    existing = dirname(existing)
    real = await ifThere(realpath(existing))
  }
  if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    throw new StorageError('INVALID_PATH')
  }
  return join(real, relative(existing, path))
}
