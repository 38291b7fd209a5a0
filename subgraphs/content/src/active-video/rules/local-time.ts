import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'
import { type Day, DAY_MS } from './days.ts'

/*
 * Instants are milliseconds since 1970 as everywhere in JavaScript. A wall time is what clocks of a zone show then,
 * written as if it were an instant of UTC: the instant plus the zone's offset. A day never begins before the one before
 * it has ended: since 2011 no zone has set its clocks back over midnight but at midnight itself.
 */

/** Where a zone's clocks are set forward or back. */
export interface Transition {
  readonly at: number
  /** Offsets from UTC, in milliseconds. */
  readonly before: number
  readonly after: number
}

/** No zone was ever further from UTC, so what happens to a wall time is decided within this of it. */
const FURTHEST_MS = 16 * 3_600_000

/** Asking for a transition costs tens of microseconds; a zone's year is asked for once. */
const years = new LRUCache<string, { offset: number; transitions: readonly Transition[] }>({ max: 5_000 })

/** The transitions at `from` and later, before `to`. */
export function transitionsBetween(zone: string, from: number, to: number): Transition[] {
  const found: Transition[] = []
  const last = yearOf(to)
  for (let year = yearOf(from); year <= last; year++) {
    for (const transition of yearOfZone(zone, year).transitions) {
      if (transition.at >= from && transition.at < to) found.push(transition)
    }
  }
  return found
}

function offsetAt(zone: string, instant: number): number {
  const { offset, transitions } = yearOfZone(zone, yearOf(instant))
  return transitions.findLast(({ at }) => at <= instant)?.after ?? offset
}

export function localDay(zone: string, instant: number): Day {
  return Math.floor((instant + offsetAt(zone, instant)) / DAY_MS)
}

/** When clocks show a wall time: once as a rule, never when it is skipped, twice when it is repeated. */
export function instantsShowing(zone: string, wall: number): number[] {
  const offsets = [offsetAt(zone, wall - FURTHEST_MS)]
  for (const { after } of transitionsBetween(zone, wall - FURTHEST_MS, wall + FURTHEST_MS))
    offsets.push(after)
  if (offsets.length === 1) return offsets.map((offset) => wall - offset)
  return [...new Set(offsets)]
    .map((offset) => wall - offset)
    .filter((instant) => instant + offsetAt(zone, instant) === wall)
    .toSorted((a, b) => a - b)
}

/** The first time that clocks show a wall time or, when it is skipped, the first valid moment after it. */
export function firstInstant(zone: string, wall: number): number {
  const [first] = instantsShowing(zone, wall)
  if (first !== undefined) return first
  const gap = transitionsBetween(zone, wall - FURTHEST_MS, wall + FURTHEST_MS).find(
    ({ at, before, after }) => at + before <= wall && wall < at + after,
  )
  if (!gap) throw new Error(`clocks in ${zone} neither show nor skip ${new Date(wall).toISOString()}`)
  return gap.at
}

export function startOfDay(zone: string, day: Day): number {
  return firstInstant(zone, day * DAY_MS)
}

/** The transitions that make a day shorter or longer, or stand at its edge. */
export function transitionsOn(zone: string, day: Day): Transition[] {
  const start = day * DAY_MS
  return transitionsBetween(zone, start - FURTHEST_MS, start + DAY_MS + FURTHEST_MS).filter(
    ({ at, before, after }) => [before, after].some((offset) => Math.floor((at + offset) / DAY_MS) === day),
  )
}

function yearOf(instant: number): number {
  return new Date(instant).getUTCFullYear()
}

function yearOfZone(zone: string, year: number) {
  const key = `${year} ${zone}`
  const known = years.get(key)
  if (known) return known
  const read = readYear(zone, year)
  years.set(key, read)
  return read
}

function readYear(zone: string, year: number) {
  const end = startOfYear(year + 1)
  const start = Temporal.Instant.fromEpochMilliseconds(startOfYear(year)).toZonedDateTimeISO(zone)
  const transitions: Transition[] = []
  // A transition at the very start has happened then: `next` leaves it out, and the offset is the one after it.
  let before = start.offsetNanoseconds / 1e6
  let next = start.getTimeZoneTransition('next')
  while (next !== null && next.epochMilliseconds < end) {
    const after = next.offsetNanoseconds / 1e6
    transitions.push({ at: next.epochMilliseconds, before, after })
    before = after
    next = next.getTimeZoneTransition('next')
  }
  return { offset: start.offsetNanoseconds / 1e6, transitions }
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1)
}
