import { type Day, DAY_MS } from './days.ts'
import {
  firstInstant,
  instantsShowing,
  localDay,
  startOfDay,
  type Transition,
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

export function rotationBoundaries(timing: Timing, zone: string): Boundaries {
  const firingsOn = rememberUneven(timing, zone)
  return {
    next: (after) => {
      let day = timing.days.next(localDay(zone, after))
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
  let day = days.previous(localDay(zone, until))
  while (day !== null) {
    const firings = firingsOn(day)
    const found = firings.at(firings.countUntil(until) - 1)
    if (found !== null) return found
    day = days.previous(day - 1)
  }
  return null
}

/** The days at both ends are looked at; those between have as many firings as there are times. */
function countBetween(
  { days, times, kind }: Timing,
  zone: string,
  firingsOn: (day: Day) => Firings,
  after: number,
  until: number,
): number {
  const first = localDay(zone, after)
  const last = localDay(zone, until)
  const [wholeFrom, wholeTo] = [first + 1, Math.max(last, first + 1)]
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
  count += within(first)
  if (last > first) count += within(last)
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
    const transitions = transitionsOn(zone, day)
    if (transitions.length === 0) return sorted(times, startOfDay(zone, day))
    const instants = times.flatMap((time) => {
      const wall = day * DAY_MS + time
      return undisturbed(wall, transitions) ?? disturbed(wall, kind, zone)
    })
    const firings = sorted(
      [...new Set(instants)].toSorted((a, b) => a - b),
      0,
    )
    uneven.set(day, firings)
    return firings
  }
}

/** When clocks show a wall time that they neither skip nor repeat; null for one that they do. */
function undisturbed(wall: number, transitions: readonly Transition[]): number | null {
  let offset = transitions[0]?.before ?? 0
  for (const { at, before, after } of transitions) {
    if (wall < at + Math.min(before, after)) break
    if (wall < at + Math.max(before, after)) return null
    offset = after
  }
  return wall - offset
}

/** When a wall time comes that clocks skip or repeat. */
function disturbed(wall: number, kind: Timing['kind'], zone: string): number[] {
  if (kind === 'INTERVAL') return instantsShowing(zone, wall)
  const instant = firstInstant(zone, wall)
  const isAnotherDay = localDay(zone, instant) !== Math.floor(wall / DAY_MS)
  return kind === 'CRON_TIME' && isAnotherDay ? [] : [instant]
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
