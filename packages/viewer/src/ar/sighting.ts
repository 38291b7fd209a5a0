/** What the frames up to now say of whether the print is seen. */
export interface Sighting {
  readonly shown: boolean
  /** Frames in a row in which it was found. */
  readonly hits: number
  /** Frames in a row in which it was not. */
  readonly misses: number
  readonly lastSeenMs: number
}

export const NOT_SEEN: Sighting = { shown: false, hits: 0, misses: 0, lastSeenMs: 0 }

/**
 * A match must be found again in the next two frames before it is shown: a chance match is not, and two frames are too
 * short to notice.
 */
const HITS_TO_SHOW = 3
/** A few frames are lost to a shake or a reflection: flicker would be worse than a video that stands still. */
const MISSES_TO_HIDE = 5
/** On a slow phone five frames are too long to show what isn't there. */
const MS_TO_HIDE = 600

/** The next frame. @param found Whether the print was found in it. */
export function afterFrame(before: Sighting, found: boolean, atMs: number): Sighting {
  if (found) {
    const hits = before.hits + 1
    return { shown: before.shown || hits >= HITS_TO_SHOW, hits, misses: 0, lastSeenMs: atMs }
  }
  const misses = before.misses + 1
  const lost = misses > MISSES_TO_HIDE || (misses > 1 && atMs - before.lastSeenMs > MS_TO_HIDE)
  return { shown: before.shown && !lost, hits: 0, misses, lastSeenMs: before.lastSeenMs }
}
