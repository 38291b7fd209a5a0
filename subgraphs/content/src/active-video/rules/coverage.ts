import { type Day, parseDay } from './days.ts'
import { localDay, startOfDay } from './local-time.ts'
import type { Schedule } from './schedule.ts'

/** The days on which a schedule applies. */
export interface Coverage {
  readonly hasDay: (day: Day) => boolean
  readonly has: (instant: number) => boolean
  /** The first later instant at which it begins or ends to apply; null when there is none. */
  readonly nextEdge: (after: number) => number | null
  /** Where its date range begins and ends; infinite where it has no limit. */
  readonly begins: number
  readonly ends: number
}

export function coverageOf(schedule: Schedule, zone: string): Coverage {
  const first = schedule.startsOn === null ? -Infinity : parseDay(schedule.startsOn)
  const last = schedule.endsOn === null ? Infinity : parseDay(schedule.endsOn)
  const excepted = new Set(schedule.exceptedDates.map(parseDay))
  const hasDay = (day: Day) => first <= day && day <= last && !excepted.has(day)
  const edges = [...new Set([first, last + 1, ...[...excepted].flatMap((day) => [day, day + 1])])]
    .filter((day) => Number.isFinite(day) && hasDay(day) !== hasDay(day - 1))
    .toSorted((a, b) => a - b)
  return {
    hasDay,
    has: (instant) => hasDay(localDay(zone, instant)),
    nextEdge: (after) => {
      const today = localDay(zone, after)
      const edge = edges.find((day) => day > today)
      return edge === undefined ? null : startOfDay(zone, edge)
    },
    begins: Number.isFinite(first) ? startOfDay(zone, first) : -Infinity,
    ends: Number.isFinite(last) ? startOfDay(zone, last + 1) : Infinity,
  }
}
