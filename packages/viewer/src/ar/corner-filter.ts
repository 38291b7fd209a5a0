import type { Corners, Point } from './camera-geometry.ts'

export interface CornerFilter {
  /** @param atMs When the corners were seen. @returns The same, steadier. */
  smooth(corners: Corners, atMs: number): Corners
}

/** Held still, what jitters faster than this (Hz) is noise: half a pixel of it becomes a fifth. */
const CUTOFF_AT_REST = 1.5
/**
 * Hz more for each pixel per second, for a picture of 640 px: at a slow pan (100 px/s) what is shown is 1.5 px behind,
 * at a fast one no more. MindAR's own choice all but switches the filter off, and the video trembles.
 */
const CUTOFF_PER_SPEED = 0.1
/** The speed itself is smoothed, else noise would look like movement. */
const SPEED_CUTOFF = 1

/**
 * The 1€ filter (G. Casiez, N. Roussel, D. Vogel, CHI 2012) over the four corners together: one speed, hence one
 * cutoff, for all of them, so that the print never bends.
 * @param pictureWidth Long side of the picture that the corners are in, px.
 */
export function createCornerFilter(pictureWidth: number): CornerFilter {
  const unit = pictureWidth / 640
  let before: { values: number[]; speeds: number[]; atMs: number } | null = null
  return {
    smooth(corners, atMs) {
      const values = corners.flatMap(({ x, y }) => [x, y])
      const seconds = before === null ? 0 : (atMs - before.atMs) / 1000
      if (before === null || !(seconds > 0)) {
        before = { values, speeds: values.map(() => 0), atMs }
        return corners
      }
      const { values: lastValues, speeds: lastSpeeds } = before
      const speedShare = shareOfNew(SPEED_CUTOFF, seconds)
      const speeds = values.map((value, index) => {
        const speed = (value - (lastValues[index] ?? value)) / seconds / unit
        return mix(lastSpeeds[index] ?? 0, speed, speedShare)
      })
      const cutoff = CUTOFF_AT_REST + CUTOFF_PER_SPEED * speedOfACorner(speeds)
      const share = shareOfNew(cutoff, seconds)
      const smoothed = values.map((value, index) => mix(lastValues[index] ?? value, value, share))
      before = { values: smoothed, speeds, atMs }
      return toCorners(smoothed)
    },
  }
}

/** How much of the new value an exponential filter takes. */
function shareOfNew(cutoff: number, seconds: number): number {
  const ratio = 2 * Math.PI * cutoff * seconds
  return ratio / (ratio + 1)
}

function mix(old: number, fresh: number, share: number): number {
  return old + (fresh - old) * share
}

/** The root mean square over the corners. */
function speedOfACorner(speeds: readonly number[]): number {
  return Math.sqrt(speeds.reduce((sum, speed) => sum + speed * speed, 0) / 4)
}

function toCorners(values: readonly number[]): Corners {
  const corner = (index: number): Point => ({ x: values[index * 2] ?? 0, y: values[index * 2 + 1] ?? 0 })
  return [corner(0), corner(1), corner(2), corner(3)]
}
