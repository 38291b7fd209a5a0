import sharp, { type Metadata, type Sharp } from 'sharp'
import type { ImageAnswer, ImageJob } from './decoder-protocol.ts'
import { perceptualHash } from './perceptual-hash.ts'
import { rejected, type Rejection } from './rejection.ts'
import { isSystemFailure, writeImage } from './write-image.ts'

// Above this size the Huffman tables are the standard ones: computing better ones keeps the whole picture in
// memory (100 megapixels: 750 MB instead of 160 MB) to save some per cent of the file.
const optimisedPixels = 24_000_000

sharp.cache(false)

/** Decodes a picture and writes it anew with a thumbnail. Runs in a process of its own. */
export async function encodeImage(job: ImageJob): Promise<ImageAnswer | Rejection> {
  try {
    const header = await sharp(job.path, { limitInputPixels: false }).metadata()
    return check(header, job) ?? (await encode(header, job))
  } catch (error) {
    if (isSystemFailure(error)) throw error
    return corrupt(error)
  }
}

function check(header: Metadata, { format, maxPixels, minSide }: ImageJob): Rejection | null {
  const actual = header.format === 'heif' && header.compression === 'av1' ? 'avif' : header.format
  if (actual !== format) return corrupt(`begins as ${format}, is ${actual}`)
  const { width, height } = header
  if (width * height > maxPixels) {
    const [has, limit] = [width * height, maxPixels].map((pixels) => Math.round(pixels / 1e5) / 10)
    return rejected('TOO_MANY_PIXELS', `The picture has ${has} megapixels; at most ${limit} are possible.`)
  }
  if (Math.min(width, height) < minSide) {
    const message = `The picture is ${width} by ${height} pixels; each side needs at least ${minSide}.`
    return rejected('TOO_SMALL', message)
  }
  return null
}

async function encode(header: Metadata, job: ImageJob): Promise<ImageAnswer> {
  const decoded = sharp(job.path, { limitInputPixels: job.maxPixels, failOn: 'error' })
  // Many programs add an alpha channel to pictures that have no use for it.
  const transparent = header.hasAlpha && !(await decoded.stats()).isOpaque
  const upright = decoded.autoOrient().toColourspace('srgb')
  const file = await writeImage(encoder(upright, header, transparent), job.imagePath)
  const { thumbnailSize: size } = job
  const small = sharp(job.imagePath, { limitInputPixels: job.maxPixels })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
  const thumbnail = await writeImage(small, job.thumbnailPath)
  return { kind: 'image', file, thumbnail, perceptualHash: await perceptualHash(sharp(job.thumbnailPath)) }
}

function encoder(image: Sharp, { format, width, height }: Metadata, transparent: boolean): Sharp {
  if (!transparent) return image.jpeg({ quality: 90, optimiseCoding: width * height <= optimisedPixels })
  return format === 'png' ? image.png() : image.webp({ quality: 90 })
}

function corrupt(cause: unknown): Rejection {
  return rejected('CORRUPT', 'The picture is damaged or incomplete. Please send it again.', cause)
}
