import sharp from 'sharp'
import type { MarkerImage } from './child-protocol.ts'
import type { MarkerRejection } from './marker-result.ts'

/**
 * Recognition gains nothing above this long side, while time and memory grow with the area (at 2048 px
 * it is ten times as large).
 */
const LONG_SIDE = 640
/**
 * MindAR makes its tracking images at a short side of 256 px by averaging pixels, which when it enlarges
 * averages none and leaves black stripes. So it is never given less.
 */
const SHORT_SIDE = 256
/** Smaller images would be enlarged 2.5 times and more, to a blur that looks like nothing a camera sees. */
const SMALLEST_LONG_SIDE = 256
/**
 * From here on the working size would be more than 768 px long, and a camera that sees all of it sees no
 * detail.
 */
const EXTREME_ASPECT_RATIO = 3
/** Callers limit what they accept; this only keeps a decoder from being made to allocate gigabytes. */
const MAX_INPUT_PIXELS = 300_000_000

interface Size {
  width: number
  height: number
}

/** Pixels as MindAR wants them: four bytes each, row by row. */
export interface RawImage extends Size {
  rgba: Uint8Array
}

export type MarkerImageReading = { kind: 'read'; image: RawImage } | MarkerRejection

/**
 * The size at which an image is compiled: 640 px long side, unless that makes the short side less than 256
 * px. Refuses what is too small or more than three times as long as wide.
 */
export function planMarkerSize({ width, height }: Size): { kind: 'planned'; size: Size } | MarkerRejection {
  const long = Math.max(width, height)
  const short = Math.min(width, height)
  if (long > short * EXTREME_ASPECT_RATIO) {
    return {
      kind: 'rejected',
      code: 'EXTREME_ASPECT_RATIO',
      message: `The image is ${width} × ${height} pixels, too long and narrow to be recognised. Crop it so that its longer side is at most three times its shorter side.`,
    }
  }
  if (long < SMALLEST_LONG_SIDE) {
    return {
      kind: 'rejected',
      code: 'TOO_SMALL',
      message: `The image is ${width} × ${height} pixels, too small to be recognised. Use one whose longer side is at least ${SMALLEST_LONG_SIDE} pixels; ${LONG_SIDE} or more is best.`,
    }
  }
  const scale = Math.max(LONG_SIDE / long, SHORT_SIDE / short)
  return {
    kind: 'planned',
    size: { width: Math.round(width * scale), height: Math.round(height * scale) },
  }
}

/**
 * Decodes an image as people see it (turned by its EXIF orientation, on white where transparent) to the size
 * it is compiled at. Throws what sharp throws when it is no image, or a broken one.
 */
export async function readMarkerImage(source: MarkerImage): Promise<MarkerImageReading> {
  const decoder = sharp('bytes' in source ? source.bytes : source.path, {
    failOn: 'error',
    limitInputPixels: MAX_INPUT_PIXELS,
  }).autoOrient()

  const { autoOrient: original } = await decoder.metadata()
  const plan = planMarkerSize(original)
  if (plan.kind === 'rejected') return plan

  const { width, height } = plan.size
  const rgba = await decoder
    .resize(width, height, { fit: 'fill' })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer()
  return { kind: 'read', image: { rgba, width, height } }
}
