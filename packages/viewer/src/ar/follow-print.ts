import type { Corners, Size } from './camera-geometry.ts'
import { createCornerFilter } from './corner-filter.ts'
import { nextFrameOf } from './next-frame.ts'
import { afterFrame, NOT_SEEN } from './sighting.ts'
import type { Found, TurningTracker } from './turning-tracker.ts'

/** The print where it is shown. */
export interface Seen extends Found {
  /** When it was last found there: a frame or two may have missed it since. */
  readonly atMs: number
}

/** What the tracker found in one picture. */
export interface Look {
  /** As they were found, not steadied; null: the print wasn't in it, or it was a chance match. */
  readonly corners: Corners | null
  /** When it was looked at, by `performance.now()`. */
  readonly atMs: number
}

/**
 * Looks at the camera's pictures, each once and as many as the phone can, until it is stopped.
 * @param onFrame After each of them: where the print is shown, steadied, which outlasts a few pictures that miss it; null
 *   while it is not seen. And what was found in this one.
 */
export async function followPrint(
  camera: HTMLVideoElement,
  tracker: TurningTracker,
  stop: AbortSignal,
  onFrame: (seen: Seen | null, look: Look) => void,
): Promise<void> {
  let print: Size | null = null
  let filter = createCornerFilter(1)
  let sighting = NOT_SEEN
  let seen: Seen | null = null
  while (true) {
    await nextFrameOf(camera, stop)
    if (stop.aborted) return
    const atMs = performance.now()
    const found = await tracker.locate()
    if (stop.aborted) return

    if (tracker.print !== print) {
      // Set up anew: nothing that was seen before says where it is now.
      print = tracker.print
      sighting = NOT_SEEN
    }
    const isFound = found !== null && found.print === print
    sighting = afterFrame(sighting, isFound, atMs)
    if (isFound) {
      if (sighting.hits === 1 && !sighting.shown) {
        filter = createCornerFilter(Math.max(found.camera.width, found.camera.height))
      }
      seen = { ...found, corners: filter.smooth(found.corners, atMs), atMs }
    }
    const corners = isFound && sighting.shown ? found.corners : null
    onFrame(sighting.shown ? seen : null, { corners, atMs })
  }
}
