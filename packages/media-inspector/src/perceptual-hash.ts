import type { Sharp } from 'sharp'

/** Longer waves than a picture of this side can hold say nothing of what it shows; shorter ones, of how it was encoded. */
const SIDE = 32
const WAVES = 8
/** Below this spread of grey values, of 256, there is nothing to compare. */
const LEAST_SPREAD = 2

/**
 * What a picture looks like, as 64 characters `0` or `1`: of copies that were encoded anew, resized or made a little
 * brighter few differ, of different pictures about half. Null for one that is (almost) of one colour. Pictures that were
 * turned, mirrored or cropped count as different.
 *
 * The hash is the DCT based one of C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions"
 * (2010), 3.2.1: the 64 longest waves that go both ways, each compared with their median.
 */
export async function perceptualHash(image: Sharp): Promise<string | null> {
  const grey = await image.flatten().greyscale().resize(SIDE, SIDE, { fit: 'fill' }).raw().toBuffer()
  const rows = Array.from({ length: SIDE }, (_, row) => [...grey.subarray(row * SIDE, (row + 1) * SIDE)])
  if (spread(rows.flat()) < LEAST_SPREAD) return null
  const waves = longWaves(transpose(longWaves(rows))).flat()
  const middle = median(waves)
  return waves.map((wave) => (wave > middle ? '1' : '0')).join('')
}

/** Of each row, how much of each of the longest waves is in it: the DCT-II without the constant and without a scale. */
function longWaves(rows: readonly number[][]): number[][] {
  return rows.map((row) =>
    COSINES.map((cosines) => sumOf(cosines, (cosine, place) => cosine * (row[place] ?? 0))),
  )
}

const COSINES = Array.from({ length: WAVES }, (_, wave) =>
  Array.from({ length: SIDE }, (_value, place) =>
    Math.cos((Math.PI * (wave + 1) * (2 * place + 1)) / (2 * SIDE)),
  ),
)

function transpose(rows: readonly number[][]): number[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
}

/** The standard deviation. */
function spread(values: readonly number[]): number {
  const mean = sumOf(values, (value) => value) / values.length
  return Math.sqrt(sumOf(values, (value) => (value - mean) ** 2) / values.length)
}

function sumOf(values: readonly number[], term: (value: number, place: number) => number): number {
  return values.reduce((sum, value, place) => sum + term(value, place), 0)
}
