/** A calendar day, of no particular zone: how many days it is after 1 January 1970. */
export type Day = number

export const DAY_MS = 86_400_000

/** @param date as `2026-11-22` */
export function parseDay(date: string): Day {
  const time = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(time)) throw new Error(`${date} is no date`)
  return time / DAY_MS
}

export function formatDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)
}

/** In ISO 8601: Monday is 1. */
export function weekdayOf(day: Day): number {
  return day + 4 - 7 * weekOf(day)
}

/** Whole weeks, beginning on Mondays, before the week of the day. */
export function weekOf(day: Day): number {
  return Math.floor((day + 3) / 7)
}

/** Months, counted from the beginning of the year 0. */
export function monthOf(day: Day): number {
  const date = new Date(day * DAY_MS)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

/** The first day of a month as `monthOf` counts them. */
export function firstOfMonth(month: number): Day {
  const year = Math.floor(month / 12)
  // Not Date.UTC, which takes the years 0 to 99 for those after 1900.
  return new Date(0).setUTCFullYear(year, month - 12 * year, 1) / DAY_MS
}

/** @returns milliseconds after midnight, of `14:30` or `14:30:00` */
export function parseTimeOfDay(time: string): number {
  const [hours, minutes, seconds = 0] = time.split(':').map(Number)
  if (hours === undefined || minutes === undefined) throw new Error(`${time} is no time of day`)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}

/** @returns as `14:30`, with the seconds if there are any */
export function formatTimeOfDay(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString().slice('1970-01-01T'.length, -'.000Z'.length)
  return text.endsWith(':00') ? text.slice(0, -':00'.length) : text
}
