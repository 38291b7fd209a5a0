import { type Day, firstOfMonth, monthOf, weekdayOf, weekOf } from './days.ts'

/** Some days of the calendar, for ever. */
export interface DaySet {
  readonly has: (day: Day) => boolean
  /** How many there are from `from` on, before `to`. */
  readonly count: (from: Day, to: Day) => number
  /** The first that is not before `day`; null when there is none. */
  readonly next: (day: Day) => Day | null
  /** The last that is not after `day`; null when there is none. */
  readonly previous: (day: Day) => Day | null
}

export const everyDay: DaySet = {
  has: () => true,
  count: (from, to) => Math.max(0, to - from),
  next: (day) => day,
  previous: (day) => day,
}

/** @param weekdays in ISO 8601: Monday is 1; at least one */
export function daysOfWeek(weekdays: readonly number[]): DaySet {
  const set = new Set(weekdays)
  const before = (day: Day) => {
    const earlier = [...set].filter((weekday) => weekday < weekdayOf(day))
    return weekOf(day) * set.size + earlier.length
  }
  return regularDays((day) => set.has(weekdayOf(day)), before)
}

/** One day of each month: that day or, where the month is shorter, its last. */
export function dayOfEachMonth(dayOfMonth: number): DaySet {
  const before = (day: Day) => monthOf(day) + (dayInMonth(dayOfMonth, monthOf(day)) < day ? 1 : 0)
  return regularDays((day) => dayInMonth(dayOfMonth, monthOf(day)) === day, before)
}

/** How many days the month has, as `monthOf` counts months. */
export function lengthOfMonth(month: number): number {
  return firstOfMonth(month + 1) - firstOfMonth(month)
}

function dayInMonth(dayOfMonth: number, month: number): Day {
  return firstOfMonth(month) + Math.min(dayOfMonth, lengthOfMonth(month)) - 1
}

/** @param before how many of them are before a day, from an origin that doesn't matter */
function regularDays(has: (day: Day) => boolean, before: (day: Day) => number): DaySet {
  // None of these sets leaves out more than two months.
  const search = (day: Day, step: 1 | -1) => {
    for (let away = 0; away < 62; away++) if (has(day + step * away)) return day + step * away
    return null
  }
  return {
    has,
    count: (from, to) => Math.max(0, before(to) - before(from)),
    next: (day) => search(day, 1),
    previous: (day) => search(day, -1),
  }
}
