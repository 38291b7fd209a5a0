import type { Coverage } from './coverage.ts'
import { type DaySet, daysOfWeek } from './day-sets.ts'
import { type Day, DAY_MS, parseTimeOfDay } from './days.ts'
import { firstInstant, localDay } from './local-time.ts'
import { type DayPart, type Schedule, videosOf } from './schedule.ts'
import type { Turns } from './turns.ts'

interface Part {
  readonly videoIds: readonly number[]
  readonly days: DaySet
  readonly opening: (day: Day) => Opening
}

/** One time that a part is open: it opens on a day, and is closed again at `to`. */
interface Opening {
  readonly day: Day
  readonly from: number
  readonly to: number
}

/**
 * The turns of day parts. The day on which a part opens decides whether it does, so that one which crosses midnight
 * lasts into an excepted date. Where several are open the one that opened later goes first, then the one listed
 * before. Each opening is the turn of the part's next video. As each part has a count of its own, and counting is
 * arithmetic, the anchor stays where the schedule was set.
 */
export function dayPartTurns(schedule: Schedule, zone: string, coverage: Coverage): Turns {
  const { anchorIndex } = schedule
  const anchorAt = schedule.anchorAt.getTime()
  const origin = Math.max(anchorAt, coverage.begins)
  const parts = schedule.dayParts.map((part) => partIn(part, zone))
  const openAt = (instant: number) => openPart(parts, zone, coverage, instant)
  const turnAt = (instant: number) => {
    const open = openAt(instant)
    if (!open) return null
    const { videoIds } = open.part
    return { videoIds, index: turnsSince(open.part, zone, origin, open.day) % Math.max(1, videoIds.length) }
  }
  const nextEdge = (after: number) => {
    const start = Math.max(after, anchorAt)
    const open = openAt(start)
    let edge = firstEdge(parts, zone, coverage, start)
    // What opens and closes behind a part that goes first changes nothing.
    while (edge !== null && isSame(openAt(edge), open)) edge = firstEdge(parts, zone, coverage, edge)
    return edge
  }
  return {
    scheduleId: schedule.id,
    videoIds: videosOf(schedule),
    at: turnAt,
    nextBoundary: nextEdge,
    nextEdge,
    checkpoint: (instant) => {
      const from = openAt(instant)?.from ?? -Infinity
      const index = turnAt(instant)?.index ?? 0
      return { anchorAt, anchorIndex, index, lastBoundaryAt: from > anchorAt ? from : null }
    },
  }
}

function partIn({ weekdays, from, to, videoIds }: DayPart, zone: string): Part {
  const [fromTime, toTime] = [parseTimeOfDay(from), parseTimeOfDay(to)]
  const length = toTime > fromTime ? toTime - fromTime : toTime - fromTime + DAY_MS
  return {
    videoIds,
    days: daysOfWeek(weekdays),
    opening: (day) => {
      const wall = day * DAY_MS + fromTime
      return { day, from: firstInstant(zone, wall), to: firstInstant(zone, wall + length) }
    },
  }
}

type OpenPart = Opening & { readonly part: Part }

function openPart(
  parts: readonly Part[],
  zone: string,
  coverage: Coverage,
  instant: number,
): OpenPart | null {
  let open: OpenPart | null = null
  for (const part of parts) {
    const opening = openingAt(part, zone, instant)
    if (opening === null || !coverage.hasDay(opening.day)) continue
    if (open === null || opening.from > open.from) open = { ...opening, part }
  }
  return open
}

function isSame(one: OpenPart | null, other: OpenPart | null): boolean {
  return one?.part === other?.part && one?.day === other?.day
}

/** How the part is open at the instant, whatever days the schedule covers. */
function openingAt({ days, opening }: Part, zone: string, instant: number): Opening | null {
  const today = localDay(zone, instant)
  for (const day of [today, today - 1]) {
    const open = days.has(day) ? opening(day) : null
    if (open && open.from <= instant && instant < open.to) return open
  }
  return null
}

/** How often the part has opened up to a day, since the one that was open at the origin, or else the first after it. */
function turnsSince(part: Part, zone: string, origin: number, day: Day): number {
  if (part.opening(day).from <= origin) return 0
  let before = part.days.previous(localDay(zone, origin))
  while (before !== null && part.opening(before).from > origin) before = part.days.previous(before - 1)
  const since = part.days.count((before ?? day) + 1, day + 1)
  return openingAt(part, zone, origin) ? since : since - 1
}

/** The next instant at which a part opens or closes. */
function firstEdge(parts: readonly Part[], zone: string, coverage: Coverage, after: number): number | null {
  const edge = Math.min(...parts.map((part) => edgeOf(part, zone, coverage, after)))
  return Number.isFinite(edge) ? edge : null
}

function edgeOf({ days, opening }: Part, zone: string, coverage: Coverage, after: number): number {
  // What opened before yesterday is closed, and before the date range nothing opens.
  const start = Math.max(localDay(zone, after) - 1, firstDay(coverage, zone))
  for (let day = days.next(start); day !== null; day = days.next(day + 1)) {
    const { from, to } = opening(day)
    if (coverage.hasDay(day) && from < to) {
      if (from > after) return from
      if (to > after) return to
    } else if (from > after && from >= coverage.ends) return Infinity
  }
  return Infinity
}

function firstDay({ begins }: Coverage, zone: string): Day {
  return Number.isFinite(begins) ? localDay(zone, begins) : -Infinity
}
