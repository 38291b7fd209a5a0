import type { Candidate, PlayableContent } from '../playable-content.ts'
import type { DayPart, Schedule } from '../schedule.ts'

/** Videos that may always play, of these ids. */
export function videos(...ids: number[]): Candidate[] {
  return ids.map((id) => video(id))
}

/** A video whose window is given in UTC, without the Z. */
export function video(
  id: number,
  { from, to, isReady = true }: { from?: string; to?: string; isReady?: boolean } = {},
): Candidate {
  return {
    id,
    rotationOrder: id,
    isReady,
    scheduleStart: from === undefined ? null : utc(from),
    scheduleEnd: to === undefined ? null : utc(to),
  }
}

export function content(given: Partial<PlayableContent>): PlayableContent {
  return { videos: videos(1, 2, 3), takeover: null, schedules: [], timeZone: 'UTC', ...given }
}

const BLANK: Schedule = {
  id: 1,
  priority: 0,
  rotationType: 'TIME_OF_DAY',
  timeOfDay: null,
  dayOfWeek: null,
  dayOfMonth: null,
  cronExpression: null,
  dayParts: [],
  timeZone: null,
  videoSequence: [1, 2, 3],
  startsOn: null,
  endsOn: null,
  exceptedDates: [],
  isActive: true,
  anchorAt: new Date('2026-11-01T00:00:00Z'),
  anchorIndex: 0,
}

/** Videos 1, 2 and 3 in turns, from the first of November 2026 on. */
export const daily = (timeOfDay: string, given: Partial<Schedule> = {}): Schedule => ({
  ...BLANK,
  timeOfDay,
  ...given,
})

export const weekly = (dayOfWeek: number, timeOfDay: string, given: Partial<Schedule> = {}): Schedule => ({
  ...BLANK,
  rotationType: 'DAY_OF_WEEK',
  dayOfWeek,
  timeOfDay,
  ...given,
})

export const monthly = (dayOfMonth: number, timeOfDay: string, given: Partial<Schedule> = {}): Schedule => ({
  ...BLANK,
  rotationType: 'DAY_OF_MONTH',
  dayOfMonth,
  timeOfDay,
  ...given,
})

export const cron = (cronExpression: string, given: Partial<Schedule> = {}): Schedule => ({
  ...BLANK,
  rotationType: 'CRON',
  cronExpression,
  ...given,
})

export const parts = (dayParts: DayPart[], given: Partial<Schedule> = {}): Schedule => ({
  ...BLANK,
  rotationType: 'DAY_PARTS',
  dayParts,
  videoSequence: [],
  ...given,
})

/** @param text in UTC, without the Z: `2026-11-05T14:30` or `2026-11-05` */
export function utc(text: string): Date {
  return new Date(text.length === '2026-11-05'.length ? `${text}T00:00Z` : `${text}Z`)
}
