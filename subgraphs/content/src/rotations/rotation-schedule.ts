import type { DayPart, Schedule } from '../active-video/rules/schedule.ts'

/** The days of a week as the API names them, in the order of ISO 8601. */
const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

export type DayOfWeek = (typeof DAYS)[number]

/** @param number of the day in ISO 8601: Monday is 1 */
export function dayOfWeek(number: number): DayOfWeek {
  const day = DAYS[number - 1]
  if (day === undefined) throw new Error(`there is no day ${number} in a week`)
  return day
}

/** In ISO 8601: Monday is 1. */
export function numberOfDay(day: DayOfWeek): number {
  return DAYS.indexOf(day) + 1
}

/** What people say of a schedule; the rest is how far it has come. */
export type ScheduleTerms = Omit<Schedule, 'id' | 'anchorAt' | 'anchorIndex'>

/** A day part of a content, whose videos are to be looked up. */
export interface ContentDayPart extends DayPart {
  readonly companyId: number
  readonly contentId: number
}

/** The priority of a content's own rotation; its rules have higher ones. */
export const BASE_PRIORITY = 0

export const MAX_RULES = 50
