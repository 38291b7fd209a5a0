import { createHash } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** A file as it went into an archive. */
export interface ArchivedFile {
  readonly path: string
  readonly sizeBytes: number
  readonly checksumSha256: string
}

/** Puts files into a ZIP archive one after the other, while somebody reads it: nothing is held in memory. */
export interface ZipWriter {
  /** The archive; has to be read while files are added. Fails when one of them does. */
  readonly output: Readable
  /**
   * Resolves when the whole file is in the archive.
   *
   * @param isPacked whether it is worth compressing
   */
  add(path: string, source: AsyncIterable<Uint8Array>, isPacked: boolean): Promise<ArchivedFile>
  /** No more files: the archive's directory follows. */
  end(): void
  /** Ends everything with an error. */
  abort(reason: Error): void
}

/** @param advance is told of each piece before it is passed on; where it fails, the archive does */
export function createZipWriter(advance: (bytes: number) => Promise<void>): ZipWriter {
  const zip = new ZipFile()
  const output = new PassThrough()
  const ending = new AbortController()
  const abort = (reason: Error) => {
    output.destroy(reason)
    ending.abort(reason)
  }
  // Whoever reads the archive may give up: what is being added would then wait for ever.
  output.on('error', (error) => ending.abort(error))
  zip.on('error', abort)
  zip.outputStream.pipe(output)

  return {
    output,
    abort,
    end: () => zip.end(),
    async add(path, source, isPacked) {
      const hash = createHash('sha256')
      let sizeBytes = 0
      async function* counted() {
        for await (const chunk of source) {
          await advance(chunk.byteLength)
          hash.update(chunk)
          sizeBytes += chunk.byteLength
          yield chunk
        }
      }
      const stream = Readable.from(counted(), { objectMode: false })
      zip.addReadStream(stream, path, { compress: isPacked })
      await finished(stream, { signal: ending.signal }).catch((error: unknown) => {
        stream.destroy()
        throw ending.signal.aborted ? ending.signal.reason : error
      })
      return { path, sizeBytes, checksumSha256: hash.digest('hex') }
    },
  }
}
