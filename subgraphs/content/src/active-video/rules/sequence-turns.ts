import type { Coverage } from './coverage.ts'
import type { Boundaries } from './rotation-boundaries.ts'
import { type Schedule, videosOf } from './schedule.ts'
import type { Turns } from './turns.ts'

/** The turns of a sequence: its place is the checkpoint's, and one further for each boundary since. */
export function sequenceTurns(schedule: Schedule, boundaries: Boundaries, coverage: Coverage): Turns {
  const { videoSequence, anchorIndex } = schedule
  const anchorAt = schedule.anchorAt.getTime()
  // Before its date range begins a schedule waits with the video it is to begin with.
  const origin = Math.max(anchorAt, coverage.begins)
  const count = countFrom(origin, boundaries)
  const indexAfter = (total: number) => (anchorIndex + total) % Math.max(1, videoSequence.length)
  return {
    scheduleId: schedule.id,
    videoIds: videosOf(schedule),
    at: (instant) =>
      coverage.has(instant) ? { videoIds: videoSequence, index: indexAfter(count(instant).total) } : null,
    nextBoundary: (after) => {
      const boundary = boundaries.next(Math.max(after, origin))
      return boundary !== null && boundary < coverage.ends ? boundary : null
    },
    nextEdge: (after) => coverage.nextEdge(Math.max(after, anchorAt)),
    checkpoint: (instant) => {
      const { total, last } = count(Math.min(instant, coverage.ends - 1))
      const index = indexAfter(total)
      return last === null
        ? { anchorAt, anchorIndex, index, lastBoundaryAt: null }
        : { anchorAt: last, anchorIndex: index, index, lastBoundaryAt: last }
    },
  }
}

interface Counted {
  readonly at: number
  readonly total: number
  readonly last: number | null
}

/** Instants are mostly asked about in ascending order, so that each count goes on from the one before. */
function countFrom(origin: number, boundaries: Boundaries): (instant: number) => Counted {
  const none: Counted = { at: origin, total: 0, last: null }
  let counted = none
  return (instant) => {
    const from = instant < counted.at ? none : counted
    if (instant <= from.at) return from
    const more = boundaries.count(from.at, instant)
    counted = { at: instant, total: from.total + more.count, last: more.last ?? from.last }
    return counted
  }
}
