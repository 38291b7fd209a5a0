import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, rm, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { locate, openRoot } from './locate.ts'
import { moveFile } from './move-file.ts'
import { readRange } from './read-range.ts'
import type { StorageDriver } from './storage-driver.ts'
import { StorageError } from './storage-error.ts'
import { checkPath, temporaryPrefix } from './storage-path.ts'
import { fromSystemError, onDisk } from './system-error.ts'
import { ifThere, walk } from './walk.ts'
import { writeWhole } from './write-whole.ts'

export type LocalDiskDriver = StorageDriver & {
  /** Where a file is on this machine, for tools that open files by name. Never shown to anyone. */
  absolutePath(path: string): Promise<string>
  /**
   * Removes what writes left behind whose process died: temporary files last touched before `olderThan`.
   * Resolves to how many there were.
   */
  sweepTemporary(olderThan: Date): Promise<number>
}

/** A storage in a folder of this machine. The folder is made when it is first needed. */
export function createLocalDiskDriver({ root }: { root: string }): LocalDiskDriver {
  const at = async (path: string) => {
    const segments = checkPath(path)
    return onDisk(() => locate(root, segments))
  }

  const driver: LocalDiskDriver = {
    absolutePath: at,

    async write(path, source, options) {
      // A source may break while the file is still being opened and nobody reads it yet; the read that follows
      // reports it, but an `error` event without a listener would end the process.
      source.on('error', () => undefined)
      try {
        return await writeWhole(await at(path), source, options)
      } catch (error) {
        // Also when the path was refused: who sends the stream must not wait for a reader that never comes.
        source.destroy()
        throw error
      }
    },

    async read(path, range = {}) {
      const place = await at(path)
      // O_NOFOLLOW refuses a link, O_NONBLOCK does not wait for the writer of a named pipe.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
      return onDisk(async () => {
        const handle = await ifThere(open(place, flags))
        if (handle === null) throw new StorageError('NOT_FOUND')
        return readRange(handle, range)
      })
    },

    async stat(path) {
      const place = await at(path)
      const file = await onDisk(() => ifThere(lstat(place)))
      return file?.isFile() === true ? { sizeBytes: file.size, modifiedAt: file.mtime } : null
    },

    async remove(path) {
      const place = await at(path)
      await onDisk(async () => {
        const file = await ifThere(lstat(place))
        if (file === null || file.isDirectory()) return
        await ifThere(unlink(place))
      })
    },

    async makeFolder(path) {
      const place = await at(path)
      await onDisk(() => mkdir(place, { recursive: true }))
    },

    async removeFolder(path) {
      const place = await at(path)
      await onDisk(async () => {
        const folder = await ifThere(lstat(place))
        if (folder === null) return
        if (!folder.isDirectory()) throw new StorageError('INVALID_PATH')
        await rm(place, { recursive: true, force: true, maxRetries: 2 })
      })
    },

    async copy(from, to) {
      checkPath(to)
      const { stream } = await driver.read(from)
      await driver.write(to, stream)
    },

    async move(from, to) {
      const source = await at(from)
      const target = await at(to)
      await onDisk(() => moveFile(source, target))
    },

    async *list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`
      try {
        const place = folder === '' ? await openRoot(root) : await at(folder)
        if ((await ifThere(lstat(place)))?.isDirectory() !== true) return
        for await (const file of walk(place, prefix)) if (!isTemporary(file.path)) yield file
      } catch (error) {
        throw fromSystemError(error)
      }
    },

    async test() {
      const path = `arv-probe-${randomUUID()}`
      const probe = Buffer.from(path)
      try {
        await driver.write(path, Readable.from([probe]))
        const { stream } = await driver.read(path)
        if (!(await buffer(stream)).equals(probe)) {
          throw new StorageError('UNAVAILABLE', {
            message: 'The storage does not give back what was written.',
          })
        }
      } finally {
        await driver.remove(path)
      }
    },

    sweepTemporary: (olderThan) => onDisk(async () => sweep(await openRoot(root), olderThan)),
  }
  return driver
}

function isTemporary(path: string): boolean {
  return basename(path).startsWith(temporaryPrefix)
}

async function sweep(root: string, olderThan: Date): Promise<number> {
  let removed = 0
  for await (const file of walk(root)) {
    if (!isTemporary(file.path) || file.modifiedAt >= olderThan) continue
    await rm(join(root, file.path), { force: true })
    removed += 1
  }
  return removed
}
