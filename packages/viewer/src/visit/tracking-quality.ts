import type { Corners, Point } from '../ar/camera-geometry.ts'

export type TrackingQuality = 'GOOD' | 'FAIR' | 'POOR'

/** What came of one frame. */
export interface TrackedFrame {
  /** Of the print as the tracker found it, not steadied; null when the print wasn't in it. */
  readonly corners: Corners | null
  /** Whether the print was taken to be there: a few frames that miss it aren't noticed. */
  readonly isShown: boolean
  /** Of any clock that doesn't go back. */
  readonly atMs: number
}

interface FoundFrame {
  readonly corners: Corners
  readonly atMs: number
}

/**
 * What is known of how the print was tracked so far. What comes after it was seen last is kept apart: somebody who puts
 * the phone down isn't somebody whose phone loses the print. It counts once the print is found again.
 */
export interface Tracking {
  readonly seenFrames: number
  readonly missedFrames: number
  /** How often it was lost for so long that it showed, and found again. */
  readonly losses: number
  readonly missedSinceSeen: number
  readonly isLost: boolean
  /** From the first frame with the print to the last one. */
  readonly firstSeenMs: number | null
  readonly lastSeenMs: number
  /** Sum over `shakes` frames of how far the corners went off what a hand can do, in sizes of the print. */
  readonly shaking: number
  readonly shakes: number
  /** The last frames in a row in which it was found, the latest last; at most two. */
  readonly recent: readonly FoundFrame[]
}

export const NOT_TRACKED: Tracking = {
  seenFrames: 0,
  missedFrames: 0,
  losses: 0,
  missedSinceSeen: 0,
  isLost: false,
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
/**
 * So fast a hand that holds a phone speeds up and slows down, sizes of the print per second². From one frame to the next
 * of a slow phone, that moves the print by more than a fast one's noise does.
 */
const HAND_ACCELERATION = 0.3

/** What must hold at once: how much of the time it was seen, losses by the minute, shaking in sizes of the print. */
const GOOD = { seen: 0.9, lossesPerMinute: 2, shaking: 0.02 }
const FAIR = { seen: 0.6, lossesPerMinute: 8, shaking: 0.06 }

/** What is known after one more frame. */
export function trackFrame(tracking: Tracking, { corners, isShown, atMs }: TrackedFrame): Tracking {
  const { firstSeenMs, lastSeenMs, missedSinceSeen, isLost } = tracking
  if (!corners) {
    if (firstSeenMs === null) return tracking
    return { ...tracking, missedSinceSeen: missedSinceSeen + 1, isLost: isLost || !isShown, recent: [] }
  }
  const frame = { corners, atMs }
  const recent = atMs - lastSeenMs > GAP_MS ? [] : tracking.recent
  const shake = shakeOf(recent, frame)
  return {
    seenFrames: tracking.seenFrames + 1,
    missedFrames: tracking.missedFrames + missedSinceSeen,
    losses: tracking.losses + (isLost ? 1 : 0),
    missedSinceSeen: 0,
    isLost: false,
    firstSeenMs: firstSeenMs ?? atMs,
    lastSeenMs: atMs,
    shaking: tracking.shaking + (shake ?? 0),
    shakes: tracking.shakes + (shake === null ? 0 : 1),
    recent: [...recent.slice(-1), frame],
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
 * How far the corners of the frame between are, on average, off the way from the one before it to the one after it,
 * twice: a steady hand that moves is no jitter. Nor is what a hand does in the time between them, which is taken off. In
 * sizes of the print; null while there are no two frames before.
 */
function shakeOf(recent: readonly FoundFrame[], last: FoundFrame): number | null {
  const [first, between] = recent
  if (!first || !between) return null
  const size = sizeOf(last.corners)
  const [before, after] = [between.atMs - first.atMs, last.atMs - between.atMs]
  if (size === 0 || before <= 0 || after <= 0) return null
  const share = before / (before + after)
  const distances = between.corners.map((corner, index) => {
    const [from, to] = [first.corners[index], last.corners[index]]
    if (!from || !to) return 0
    const steady = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
    return 2 * distance(corner, steady)
  })
  const mean = distances.reduce((sum, each) => sum + each, 0) / distances.length / size
  return Math.max(0, mean - HAND_ACCELERATION * (before / 1000) * (after / 1000))
}

/** The mean of its two diagonals. */
function sizeOf([upperLeft, upperRight, lowerRight, lowerLeft]: Corners): number {
  return (distance(upperLeft, lowerRight) + distance(upperRight, lowerLeft)) / 2
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
