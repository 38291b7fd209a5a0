/*
 * Entry point of the forked process: takes one image, answers once, and dies when its parent lets go of it.
 */
import { constants, setPriority } from 'node:os'
import sharp from 'sharp'
import { childRequestSchema } from './child-protocol.ts'
import type { ChildAnswer, MarkerImage } from './child-protocol.ts'
import { inspectMarker } from './inspect-marker.ts'
import { readMarkerImage } from './marker-image.ts'
import type { MarkerImageReading, RawImage } from './marker-image.ts'
import { rateMarker } from './rate-marker.ts'

const LOWEST_RATING = 1

// The channel closes with the parent, also when that was killed. Nobody is left to answer to then.
process.once('disconnect', () => process.exit())
if (!process.connected) process.exit()
// Seconds of pure arithmetic must not slow those who wait for a page.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
// Anything else is not a photo, and decoders of SVG and PDF are large targets.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadHeif'],
})
process.once('message', (message) => {
  // Leaves only when the answer is written out whole.
  void compile(childRequestSchema.parse(message)).then((answer) =>
    process.send?.(answer, () => process.disconnect()),
  )
})

async function compile(source: MarkerImage): Promise<ChildAnswer> {
  let reading: MarkerImageReading
  try {
    reading = await readMarkerImage(source)
  } catch (error) {
    return {
      kind: 'failed',
      code: 'INTERNAL',
      message: 'The image could not be read.',
      detail: error instanceof Error ? error.message : String(error),
    }
  }
  return reading.kind === 'rejected' ? reading : await compileRead(reading.image)
}

async function compileRead(image: RawImage): Promise<ChildAnswer> {
  // Not loaded before it is needed: TensorFlow takes a second, which a refusal need not wait for.
  const { compileImageTarget } = await import('./image-target-compiler.ts')
  const { target, encode } = await compileImageTarget(image)

  const { rating, featureCount } = rateMarker(target)
  if (rating < LOWEST_RATING) {
    return {
      kind: 'rejected',
      code: 'TOO_FEW_FEATURES',
      message:
        'The image has too few distinct details to be recognised by a camera. Use one with sharp edges, strong contrast and many different shapes all over it; plain areas, blur and repeating patterns do not count.',
      rating,
      featureCount,
    }
  }

  const mind = Buffer.from(encode())
  const inspection = inspectMarker(mind)
  if (inspection.kind === 'invalid') {
    return {
      kind: 'failed',
      code: 'INTERNAL',
      message: 'The marker could not be compiled.',
      detail: `MindAR wrote an unusable file: ${inspection.problem}`,
    }
  }
  return { kind: 'compiled', mind, rating, featureCount, width: image.width, height: image.height }
}
