import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { imageFile, type ImageFile } from './image-file.ts'
import { rejectOtherKind } from './reject-other-kind.ts'
import type { Rejection } from './rejection.ts'
import { runDecoder, type DecoderLimits } from './run-decoder.ts'
import { sniffFile } from './sniff.ts'

export type ImageOptions = DecoderLimits & {
  /** An existing folder; the two files get names of their own in it. */
  readonly outputDir: string
  /** More than this is refused by the header alone, before anything is decoded. Default: 100 million. */
  readonly maxPixels?: number
  /** Neither side may be shorter, in pixels. Default: 64. */
  readonly minSide?: number
  /** The longer side of the thumbnail, in pixels; a smaller image is not enlarged. Default: 400. */
  readonly thumbnailSize?: number
}

export type ProcessedImage = {
  readonly kind: 'image'
  readonly file: ImageFile
  readonly thumbnail: ImageFile
  /** What it looks like, for comparing; see `perceptualHash`. Null when there is nothing in it to compare. */
  readonly perceptualHash: string | null
}

/**
 * Makes an uploaded picture fit to be kept and shown: recognised by its content, decoded under a pixel limit in
 * a process of its own, turned upright, converted to sRGB and encoded anew, so that nothing of the sent bytes
 * (positions in EXIF, colour profiles, appended data) is left. A picture with transparency becomes a PNG if it
 * was one and a WebP otherwise; all else becomes a JPEG. Also writes a WebP thumbnail.
 *
 * What is wrong with the picture is returned; what is wrong with this machine (a full disk) is thrown. In both
 * cases no file is left.
 */
export async function processImage(path: string, options: ImageOptions): Promise<ProcessedImage | Rejection> {
  const sniffed = await sniffFile(path)
  if (sniffed.kind !== 'image') return rejectOtherKind('image', sniffed)
  const base = join(options.outputDir, randomUUID())
  const imagePath = `${base}.image`
  const thumbnailPath = `${base}.thumbnail`
  let done = false
  try {
    const { maxPixels = 100_000_000, minSide = 64, thumbnailSize = 400, ...limits } = options
    const { format } = sniffed
    const sizes = { maxPixels, minSide, thumbnailSize }
    const answer = await runDecoder(
      { kind: 'image', path, format, imagePath, thumbnailPath, ...sizes },
      limits,
    )
    if (answer.kind === 'rejected') return answer
    if (answer.kind !== 'image') throw new Error('The decoder answered with a video.')
    done = true
    return {
      kind: 'image',
      file: imageFile(imagePath, answer.file),
      thumbnail: imageFile(thumbnailPath, answer.thumbnail),
      perceptualHash: answer.perceptualHash,
    }
  } finally {
    if (!done) await Promise.all([imagePath, thumbnailPath].map((file) => rm(file, { force: true })))
  }
}
