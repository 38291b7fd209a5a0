import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders of this machine in which a file is received, looked at and re-encoded before it is stored. */
export interface WorkFolders {
  /** Runs `work` with an empty folder of its own, which is gone when it settles. */
  use<T>(work: (folder: string) => Promise<T>): Promise<T>
  /** Removes folders whose process died: those in which nothing was written since `olderThan`. */
  sweep(olderThan: Date): Promise<number>
}

export function createWorkFolders(root: string): WorkFolders {
  return {
    async use(work) {
      const folder = join(root, randomUUID())
      await mkdir(folder, { recursive: true })
      try {
        return await work(folder)
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 2 })
      }
    },

    async sweep(olderThan) {
      let removed = 0
      for (const name of await namesIn(root)) {
        const folder = join(root, name)
        if ((await lastWrite(folder)) >= olderThan.getTime()) continue
        await rm(folder, { recursive: true, force: true })
        removed += 1
      }
      return removed
    },
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** In milliseconds; the folder's own time only tells when a file was made in it or removed from it. */
async function lastWrite(folder: string): Promise<number> {
  const paths = [folder, ...(await namesIn(folder)).map((name) => join(folder, name))]
  const times = await Promise.all(
    paths.map(async (path) => (await stat(path).catch(() => null))?.mtimeMs ?? 0),
  )
  return Math.max(...times)
}
