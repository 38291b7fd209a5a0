import type { Candidate } from './playable-content.ts'
import type { Span } from './rotation-timeline.ts'
import type { RotationWarning } from './rotation-warnings.ts'
import { byLaterStart, hasWindow } from './windows.ts'

/** Windows that are open at once, and windows in which their video never plays. */
export function windowWarnings(videos: readonly Candidate[], span: Span): RotationWarning[] {
  const windowed = videos.filter(hasWindow)
  return [...windowed.flatMap((video) => neverOpens(video, span)), ...overlaps(windowed, span)]
}

function neverOpens({ id, isReady, scheduleEnd }: Candidate, { from }: Span): RotationWarning[] {
  const why = !isReady
    ? 'it is not ready'
    : scheduleEnd && scheduleEnd <= from
      ? `it closed at ${scheduleEnd.toISOString()}`
      : null
  if (why === null) return []
  const message = `The window of this video never opens: ${why}.`
  return [{ code: 'WINDOW_NEVER_OPENS', at: null, scheduleId: null, videoIds: [id], message }]
}

function overlaps(windowed: readonly Candidate[], span: Span): RotationWarning[] {
  const ready = windowed.filter(({ isReady }) => isReady)
  return ready.flatMap((one, index) =>
    ready.slice(index + 1).flatMap((other) => {
      const at = overlapOf(one, other, span)
      if (at === null) return []
      const [first, second] = [one, other].toSorted(byLaterStart).map(({ id }) => id)
      const videoIds = [first, second].filter((id) => id !== undefined)
      const message = 'The windows of these two videos are open at once: the first one plays.'
      return [{ code: 'WINDOWS_OVERLAP', at, scheduleId: null, videoIds, message } as const]
    }),
  )
}

/** From when on both are open within the span; null when they never are. */
function overlapOf(one: Candidate, other: Candidate, { from, to }: Span): Date | null {
  const starts = [from, one.scheduleStart, other.scheduleStart].filter((instant) => instant !== null)
  const ends = [to, one.scheduleEnd, other.scheduleEnd].filter((instant) => instant !== null)
  const start = Math.max(...starts.map(Number))
  return start < Math.min(...ends.map(Number)) ? new Date(start) : null
}
