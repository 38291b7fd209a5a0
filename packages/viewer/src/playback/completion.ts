/** A player tells its time four times a second at best: nearer to the end than this may never be told. */
const NEAR_END_SECONDS = 0.5

/**
 * Whether a looping video was just played to its end: it is about to be, or it jumped back to its beginning.
 * @param before Where it was the last time, seconds.
 * @param duration Seconds; NaN while it isn't known.
 */
export function isPlayedToEnd(before: number, now: number, duration: number): boolean {
  if (!(duration > 0)) return false
  const nearEnd = Math.min(NEAR_END_SECONDS, duration / 4)
  // From nearly its end only: from anywhere else it was a visitor who went back.
  const jumpedBack = before >= duration - 2 * nearEnd && before - now > duration / 4
  return now >= duration - nearEnd || jumpedBack
}
