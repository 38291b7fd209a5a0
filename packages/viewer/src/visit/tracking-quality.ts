import type { Corners, Point } from '../ar/camera-geometry.ts'

export type TrackingQuality = 'GOOD' | 'FAIR' | 'POOR'

/**
 * What is known of how the print was tracked so far. What comes after it was seen last is kept apart: somebody who puts
 * the phone down isn't somebody whose phone loses the print. It counts once the print is found again.
 */
export interface Tracking {
  readonly seenFrames: number
  readonly missedFrames: number
  /** How often it was lost and found again. */
  readonly losses: number
  readonly missedSinceSeen: number
  /** From the first frame with the print to the last one. */
  readonly firstSeenMs: number | null
  readonly lastSeenMs: number
  /** Sum over `shakes` frames of how far the corners went off a steady movement, in sizes of the print. */
  readonly shaking: number
  readonly shakes: number
  /** The corners of the last frames in a row, the latest last; at most two. */
  readonly recent: readonly Corners[]
}

export const NOT_TRACKED: Tracking = {
  seenFrames: 0,
  missedFrames: 0,
  losses: 0,
  missedSinceSeen: 0,
  firstSeenMs: null,
  lastSeenMs: 0,
  shaking: 0,
  shakes: 0,
  recent: [],
}

/** Fewer frames than these are a glimpse, of which nobody had anything. */
const GLIMPSE_FRAMES = 10
/** Losses are counted by the minute; in a shorter time each of them weighs as in this one. */
const SHORTEST_MINUTES = 0.5
/** No frames for so long: the page was hidden, and the print may be anywhere. */
const GAP_MS = 1000

/** What must hold at once: how much of the time it was seen, losses by the minute, shaking in sizes of the print. */
const GOOD = { seen: 0.9, lossesPerMinute: 2, shaking: 0.02 }
const FAIR = { seen: 0.6, lossesPerMinute: 8, shaking: 0.06 }

/**
 * What is known after one more frame.
 *
 * @param corners - null when the print wasn't in it.
 * @param atMs - of any clock that doesn't go back.
 */
export function trackFrame(tracking: Tracking, corners: Corners | null, atMs: number): Tracking {
  if (!corners) {
    if (tracking.firstSeenMs === null) return tracking
    return { ...tracking, missedSinceSeen: tracking.missedSinceSeen + 1, recent: [] }
  }
  const { firstSeenMs, lastSeenMs, missedSinceSeen } = tracking
  const recent = atMs - lastSeenMs > GAP_MS ? [] : tracking.recent
  const shake = shakeOf(recent, corners)
  return {
    seenFrames: tracking.seenFrames + 1,
    missedFrames: tracking.missedFrames + missedSinceSeen,
    losses: tracking.losses + (missedSinceSeen > 0 ? 1 : 0),
    missedSinceSeen: 0,
    firstSeenMs: firstSeenMs ?? atMs,
    lastSeenMs: atMs,
    shaking: tracking.shaking + (shake ?? 0),
    shakes: tracking.shakes + (shake === null ? 0 : 1),
    recent: [...recent.slice(-1), corners],
  }
}

/** How well it was tracked from when it was first seen until it was last seen; null before it was ever seen. */
export function trackingQuality(tracking: Tracking): TrackingQuality | null {
  const { seenFrames, missedFrames, losses, firstSeenMs, lastSeenMs, shaking, shakes } = tracking
  if (firstSeenMs === null) return null
  if (seenFrames < GLIMPSE_FRAMES) return 'POOR'
  const minutes = Math.max(SHORTEST_MINUTES, (lastSeenMs - firstSeenMs) / 60_000)
  const measured = {
    seen: seenFrames / (seenFrames + missedFrames),
    lossesPerMinute: losses / minutes,
    shaking: shakes === 0 ? 0 : shaking / shakes,
  }
  if (reaches(measured, GOOD)) return 'GOOD'
  return reaches(measured, FAIR) ? 'FAIR' : 'POOR'
}

function reaches(measured: typeof GOOD, wanted: typeof GOOD): boolean {
  return (
    measured.seen >= wanted.seen &&
    measured.lossesPerMinute <= wanted.lossesPerMinute &&
    measured.shaking <= wanted.shaking
  )
}

/**
 * How far the corners are, on average, from where they would be had they gone on as in the two frames before: a steady
 * hand that moves is no jitter. In sizes of the print; null while there are no two frames before.
 */
function shakeOf(recent: readonly Corners[], corners: Corners): number | null {
  const [first, second] = recent
  if (!first || !second) return null
  const size = sizeOf(corners)
  if (size === 0) return null
  const distances = corners.map(({ x, y }, index) => {
    const before = first[index]
    const between = second[index]
    if (!before || !between) return 0
    return Math.hypot(x - 2 * between.x + before.x, y - 2 * between.y + before.y)
  })
  return distances.reduce((sum, each) => sum + each, 0) / distances.length / size
}

/** The mean of its two diagonals. */
function sizeOf([upperLeft, upperRight, lowerRight, lowerLeft]: Corners): number {
  return (distance(upperLeft, lowerRight) + distance(upperRight, lowerLeft)) / 2
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
