import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Sharp } from 'sharp'
import type { WrittenImage } from './decoder-protocol.ts'

/** Encodes an image into a file and says what was written. */
export async function writeImage(image: Sharp, path: string): Promise<WrittenImage> {
  const { format, size, width, height } = await image.toFile(path)
  if (format !== 'jpeg' && format !== 'png' && format !== 'webp') throw new Error(`Wrote ${format}.`)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { format, sizeBytes: size, width, height, checksumSha256: hash.digest('hex') }
}

/** libvips says so when it was the disk that failed and not the picture. */
export function isSystemFailure(error: unknown): boolean {
  return !(error instanceof Error) || 'syscall' in error || error.message.includes('system error:')
}
