import { constants } from 'node:fs'
import { lstat, mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StorageError } from './storage-error.ts'
import { systemCode } from './system-error.ts'
import { ifThere } from './walk.ts'
import { writeWhole } from './write-whole.ts'

/** Moves a regular file, also to another mount, and replaces what was at the target. */
export async function moveFile(source: string, target: string): Promise<void> {
  const file = await ifThere(lstat(source))
  if (file === null || file.isDirectory()) throw new StorageError('NOT_FOUND')
  if (!file.isFile()) throw new StorageError('INVALID_PATH')
  await mkdir(dirname(target), { recursive: true })
  try {
    await rename(source, target)
  } catch (error) {
    // A folder of the storage may be a mount of its own.
    if (systemCode(error) !== 'EXDEV') throw error
    const handle = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW)
    await writeWhole(target, handle.createReadStream())
    await unlink(source)
  }
}
