import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import type { WriteOptions, Written } from './storage-driver.ts'
import { StorageError } from './storage-error.ts'
import { temporaryPrefix } from './storage-path.ts'
import { onDisk, systemCode } from './system-error.ts'

/**
 * Writes a stream to a file that appears whole or not at all: into a temporary file beside it, which is flushed
 * to the disk and then renamed. Errors of the stream are passed on as they are, those of the disk as
 * `StorageError`.
 */
export async function writeWhole(
  target: string,
  source: Readable,
  options: WriteOptions = {},
): Promise<Written> {
  if (options.signal !== undefined) addAbortSignal(options.signal, source)
  const temporary = join(dirname(target), temporaryPrefix + randomUUID())
  const handle = await onDisk(() => create(temporary)).catch((error: unknown) => {
    source.destroy()
    throw error
  })
  try {
    const written = await drain(source, handle, options.maxBytes ?? Infinity)
    await onDisk(async () => {
      await handle.sync()
      await handle.close()
      await rename(temporary, target)
      await syncFolder(dirname(target))
    })
    return written
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

async function create(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true })
  return open(path, 'wx', 0o640)
}

async function drain(source: Readable, handle: FileHandle, maxBytes: number): Promise<Written> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const chunks: AsyncIterable<unknown> = source
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('A storage takes streams of bytes only.')
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw new StorageError('TOO_LARGE')
    hash.update(chunk)
    await onDisk(() => handle.writeFile(chunk))
  }
  return { sizeBytes, checksumSha256: hash.digest('hex') }
}

/** A rename survives a power cut only once the folder itself is on the disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } catch (error) {
    // Some network file systems can't flush a folder.
    if (systemCode(error) !== 'EINVAL') throw error
  } finally {
    await folder.close()
  }
}
