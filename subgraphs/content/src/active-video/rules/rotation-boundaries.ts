import { type Day, DAY_MS } from './days.ts'
import {
  firstInstant,
  instantsShowing,
  localDay,
  startOfDay,
  transitionsBetween,
  transitionsOn,
} from './local-time.ts'
import type { Timing } from './timing.ts'

/** The instants at which a timing fires in a zone, without ever listing them all. */
export interface Boundaries {
  /** The first that is later; null when there is none. */
  readonly next: (after: number) => number | null
  /** How many there are after one instant, up to and including another, and the last of them. */
  readonly count: (after: number, until: number) => { readonly count: number; readonly last: number | null }
}

/**
 * Clocks set back over midnight show days twice, and what a gap at the end of a day skips comes on the next: an
 * instant's firings are those of its own day and of its neighbours.
 */
const NEIGHBOURS = 1

export function rotationBoundaries(timing: Timing, zone: string): Boundaries {
  const firingsOn = rememberUneven(timing, zone)
  return {
    next: (after) => {
      let day = timing.days.next(localDay(zone, after) - NEIGHBOURS)
      while (day !== null) {
        const firings = firingsOn(day)
        const found = firings.at(firings.countUntil(after))
        if (found !== null) return found
        day = timing.days.next(day + 1)
      }
      return null
    },
    count: (after, until) => {
      const count = after < until ? countBetween(timing, zone, firingsOn, after, until) : 0
      return { count, last: count === 0 ? null : lastUntil(timing, zone, firingsOn, until) }
    },
  }
}

function lastUntil(
  { days }: Timing,
  zone: string,
  firingsOn: (day: Day) => Firings,
  until: number,
): number | null {
  let day = days.previous(localDay(zone, until) + NEIGHBOURS)
  while (day !== null) {
    const firings = firingsOn(day)
    const found = firings.at(firings.countUntil(until) - 1)
    if (found !== null) return found
    day = days.previous(day - 1)
  }
  return null
}

/** Days at the ends are looked at one by one; those between have as many firings as there are times. */
function countBetween(
  { days, times, kind }: Timing,
  zone: string,
  firingsOn: (day: Day) => Firings,
  after: number,
  until: number,
): number {
  const first = localDay(zone, after) - NEIGHBOURS
  const last = localDay(zone, until) + NEIGHBOURS
  const wholeFrom = Math.min(first + 2 * NEIGHBOURS + 1, last + 1)
  const wholeTo = Math.max(last - 2 * NEIGHBOURS, wholeFrom)
  const within = (day: Day) => {
    if (!days.has(day)) return 0
    const { countUntil } = firingsOn(day)
    return countUntil(until) - countUntil(after)
  }
  let count = days.count(wholeFrom, wholeTo) * times.length
  // A time that is kept is neither lost nor repeated, whatever clocks do.
  if (kind !== 'TIME' && wholeFrom < wholeTo) {
    for (const day of unevenDays(zone, wholeFrom, wholeTo)) {
      if (days.has(day)) count += firingsOn(day).size - times.length
    }
  }
  for (let day = first; day < wholeFrom; day++) count += within(day)
  for (let day = wholeTo; day <= last; day++) count += within(day)
  return count
}

/** The days from `from` on, before `to`, on which clocks are set. */
function unevenDays(zone: string, from: Day, to: Day): Set<Day> {
  const transitions = transitionsBetween(zone, (from - 1) * DAY_MS, (to + 1) * DAY_MS)
  const days = transitions.flatMap(({ at, before, after }) =>
    [before, after].map((offset) => Math.floor((at + offset) / DAY_MS)),
  )
  return new Set(days.filter((day) => day >= from && day < to))
}

/** What fires on one day, ascending. */
interface Firings {
  readonly size: number
  readonly at: (index: number) => number | null
  readonly countUntil: (instant: number) => number
}

/** A day on which clocks are set has to be worked out time by time; one that was is likely to be asked for again. */
function rememberUneven({ times, kind }: Timing, zone: string): (day: Day) => Firings {
  const uneven = new Map<Day, Firings>()
  return (day) => {
    const known = uneven.get(day)
    if (known) return known
    if (transitionsOn(zone, day).length === 0) return sorted(times, startOfDay(zone, day))
    const instants = new Set(times.flatMap((time) => instantsOf(day, time, kind, zone)))
    const firings = sorted(
      [...instants].toSorted((a, b) => a - b),
      0,
    )
    uneven.set(day, firings)
    return firings
  }
}

/** When a time of a day comes. */
function instantsOf(day: Day, time: number, kind: Timing['kind'], zone: string): number[] {
  const wall = day * DAY_MS + time
  if (kind === 'INTERVAL') return instantsShowing(zone, wall)
  const instant = firstInstant(zone, wall)
  return kind === 'CRON_TIME' && localDay(zone, instant) !== day ? [] : [instant]
}

function sorted(values: readonly number[], start: number): Firings {
  return {
    size: values.length,
    at: (index) => {
      const value = values[index]
      return value === undefined ? null : start + value
    },
    countUntil: (instant) => {
      let [low, high] = [0, values.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if (start + (values[middle] ?? Infinity) <= instant) low = middle + 1
        else high = middle
      }
      return low
    },
  }
}
