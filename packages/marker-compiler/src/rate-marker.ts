import { FEWEST_FOLLOWED_POINTS, FOLLOWED_TRACKING_IMAGE } from './marker-file.ts'
import type { FeaturePoint, Keyframe, MarkerTarget } from './marker-file.ts'

export interface MarkerRating {
  /**
   * 0 (nothing to recognise) to 5, one decimal. Below 1 a camera won't find it, below 2.5 only in good
   * conditions.
   */
  rating: number
  /** Points that look like no other point of the image. */
  featureCount: number
  /** Share of the image, 0 to 1, that holds such points. */
  coverage: number
  /** Points of the larger tracking image. */
  trackingPointCount: number
}

/** Descriptors this many bits apart or fewer are taken for the same by a camera. */
const LOOKALIKE_BITS = 80
/** The keyframe that is judged: about as large as the image appears in a phone's camera. */
const JUDGED_SHORT_SIDE = 512
const GRID = 8
const ENOUGH_FEATURES = 150
const ENOUGH_TRACKING_POINTS = 25

/**
 * Rates how well a compiled image can be recognised and followed:
 *
 *     5 · min(1, unique / 150)^0.4 · coverage^0.3 · min(1, tracking / 25)^0.3
 *
 * `unique` counts the points, of the largest keyframe with a short side of at most 512 px, whose nearest
 * descriptor of the same sign is more than 80 of 666 bits away. The raw number of points says nothing: a
 * checkerboard has hundreds, all alike. `coverage` is the share of an 8 × 8 grid over that keyframe that
 * holds unique points, because points in one corner are lost as soon as a hand covers it. `tracking` is the
 * number of points in the larger tracking image. The product is 0 when any of the three is; the rating also
 * when the smaller tracking image, which the viewer works with, holds fewer points than it needs.
 *
 * Source: our own, fitted to fifteen images compiled at 640 px long side (photos 4 to 5, one-sided pictures
 * about 2, logos under 1, noise, checkerboards and flat colour 0). It is not comparable for images compiled
 * at another size.
 */
export function rateMarker(target: Pick<MarkerTarget, 'matchingData' | 'trackingData'>): MarkerRating {
  const keyframe = target.matchingData.find(
    ({ width, height }) => Math.min(width, height) <= JUDGED_SHORT_SIDE,
  )
  const unique = keyframe === undefined ? [] : uniquePoints(keyframe)
  const coverage = keyframe === undefined ? 0 : gridCoverage(unique, keyframe)
  const trackingPointCount = target.trackingData[0]?.points.length ?? 0

  const followedCount = target.trackingData[FOLLOWED_TRACKING_IMAGE]?.points.length ?? 0

  const rating =
    followedCount < FEWEST_FOLLOWED_POINTS
      ? 0
      : 5 *
        Math.min(1, unique.length / ENOUGH_FEATURES) ** 0.4 *
        coverage ** 0.3 *
        Math.min(1, trackingPointCount / ENOUGH_TRACKING_POINTS) ** 0.3
  return { rating: Math.round(rating * 10) / 10, featureCount: unique.length, coverage, trackingPointCount }
}

function uniquePoints({ maximaPoints, minimaPoints }: Keyframe): FeaturePoint[] {
  // The viewer compares a bright point with bright ones only, and a dark one with dark ones.
  return [maximaPoints, minimaPoints].flatMap((points) =>
    points.filter((point) =>
      points.every((other) => other === point || descriptorDistance(point, other) > LOOKALIKE_BITS),
    ),
  )
}

/** Number of bits in which two descriptors differ. */
function descriptorDistance(one: FeaturePoint, other: FeaturePoint): number {
  let bits = 0
  for (const [index, word] of one.descriptors.entries()) {
    bits += setBits(word ^ (other.descriptors[index] ?? 0))
  }
  return bits
}

/** Set bits of a 32-bit word, added up in parallel (Hacker's Delight, 5-1). */
function setBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55_55_55_55)
  const nibbles = (pairs & 0x33_33_33_33) + ((pairs >>> 2) & 0x33_33_33_33)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f_0f_0f_0f, 0x01_01_01_01) >>> 24
}

function gridCoverage(points: FeaturePoint[], { width, height }: Keyframe): number {
  const cell = (position: number, side: number): number =>
    Math.min(GRID - 1, Math.max(0, Math.floor((position / side) * GRID)))
  const cells = new Set(points.map(({ x, y }) => cell(y, height) * GRID + cell(x, width)))
  return cells.size / GRID ** 2
}
