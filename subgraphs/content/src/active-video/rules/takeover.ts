import type { Candidate, Takeover } from './playable-content.ts'
import { nextBoundary, type Rotation } from './rotation.ts'

/** When a takeover is over, and why. */
export interface TakeoverEnd {
  readonly at: number
  readonly reason: 'BOUNDARY' | 'WINDOW_OPENED' | 'WINDOW_CLOSED'
}

/**
 * A takeover lasts until the window of another video opens, its own closes, or the rotation comes to a boundary.
 *
 * @returns null when it lasts for ever
 */
export function takeoverEnd(
  { videoId, since }: Takeover,
  videos: readonly Candidate[],
  rotation: Rotation,
): TakeoverEnd | null {
  const ends: TakeoverEnd[] = []
  for (const { id, isReady, scheduleStart, scheduleEnd } of videos) {
    if (id === videoId) {
      if (scheduleEnd) ends.push({ at: scheduleEnd.getTime(), reason: 'WINDOW_CLOSED' })
    } else if (isReady && scheduleStart && scheduleStart > since) {
      ends.push({ at: scheduleStart.getTime(), reason: 'WINDOW_OPENED' })
    }
  }
  const boundary = nextBoundary(rotation, since.getTime())
  if (boundary !== null) ends.push({ at: boundary, reason: 'BOUNDARY' })
  return ends.toSorted((a, b) => a.at - b.at)[0] ?? null
}
