import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredFile } from './storage-driver.ts'
import { systemCode } from './system-error.ts'

/**
 * Every regular file under a folder, with its path relative to it. Links are not followed, and what vanishes
 * during the walk is left out.
 */
export async function* walk(
  folder: string,
  prefix = '',
): AsyncGenerator<StoredFile & { readonly path: string }> {
  for (const entry of (await ifThere(readdir(folder, { withFileTypes: true }))) ?? []) {
    const path = prefix + entry.name
    if (entry.isDirectory()) {
      yield* walk(join(folder, entry.name), `${path}/`)
    } else if (entry.isFile()) {
      const file = await ifThere(lstat(join(folder, entry.name)))
      if (file !== null) yield { path, sizeBytes: file.size, modifiedAt: file.mtime }
    }
  }
}

/** The result of a call on the file system, or `null` if there was nothing of that name. */
export async function ifThere<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}
