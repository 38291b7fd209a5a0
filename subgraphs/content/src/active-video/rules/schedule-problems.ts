import { invalid, limitReached, type UserError } from '@arv/subgraph'
import { parseCron } from './cron.ts'
import { DAY_MS, formatDay } from './days.ts'
import type { DayPart, Schedule, ScheduleType } from './schedule.ts'

const MAX_SEQUENCE_LENGTH = 100
const MAX_DAY_PARTS = 50
const MAX_EXCEPTED_DATES = 400
const MAX_PRIORITY = 1_000

/** A schedule as people ask for it; ids of videos may be of either kind, and are the caller's to look up. */
export type ScheduleDraft = Pick<
  Schedule,
  | 'priority'
  | 'rotationType'
  | 'timeOfDay'
  | 'dayOfWeek'
  | 'dayOfMonth'
  | 'cronExpression'
  | 'timeZone'
  | 'startsOn'
  | 'endsOn'
  | 'exceptedDates'
> & {
  readonly videoSequence: readonly (number | string)[]
  readonly dayParts: readonly (Omit<DayPart, 'videoIds'> & {
    readonly videoIds: readonly (number | string)[]
  })[]
}

type Field = 'timeOfDay' | 'dayOfWeek' | 'dayOfMonth' | 'cronExpression' | 'videoSequence' | 'dayParts'

/** What each type of schedule is made of. */
const FIELDS: Record<ScheduleType, readonly Field[]> = {
  TIME_OF_DAY: ['timeOfDay', 'videoSequence'],
  DAY_OF_WEEK: ['dayOfWeek', 'timeOfDay', 'videoSequence'],
  DAY_OF_MONTH: ['dayOfMonth', 'timeOfDay', 'videoSequence'],
  CRON: ['cronExpression', 'videoSequence'],
  DAY_PARTS: ['dayParts'],
}

const ALL_FIELDS: readonly Field[] = [
  'timeOfDay',
  'dayOfWeek',
  'dayOfMonth',
  'cronExpression',
  'videoSequence',
  'dayParts',
]

/** Why a schedule cannot be as it is asked for; empty when it can. */
export function scheduleProblems(draft: ScheduleDraft, now: Date): UserError[] {
  return [
    ...fieldProblems(draft),
    ...timeProblems(draft),
    ...cronProblems(draft, now),
    ...sequenceProblems('videoSequence', draft.videoSequence),
    ...dayPartProblems(draft),
    ...dateProblems(draft),
    ...unless(
      Number.isSafeInteger(draft.priority) && draft.priority >= 0 && draft.priority <= MAX_PRIORITY,
      invalid('priority', `A rule has a priority from 1 to ${MAX_PRIORITY}.`),
    ),
  ]
}

/** Each type has what it needs, and nothing that would be passed over in silence. */
function fieldProblems(draft: ScheduleDraft): UserError[] {
  const { rotationType } = draft
  const needed = FIELDS[rotationType]
  return ALL_FIELDS.flatMap((field) => {
    const value = draft[field]
    const isGiven = value !== null && (!Array.isArray(value) || value.length > 0)
    if (needed.includes(field) === isGiven) return []
    return isGiven
      ? [invalid(field, `A schedule of the type ${rotationType} has none of this.`)]
      : [invalid(field, `A schedule of the type ${rotationType} needs this.`)]
  })
}

function timeProblems({ timeOfDay, dayOfWeek, dayOfMonth, timeZone }: ScheduleDraft): UserError[] {
  return [
    ...unless(timeOfDay === null || isTime(timeOfDay), invalid('timeOfDay', NO_TIME)),
    ...unless(
      dayOfWeek === null || isWithin(dayOfWeek, 1, 7),
      invalid('dayOfWeek', 'The day of the week must be from MONDAY to SUNDAY.'),
    ),
    ...unless(
      dayOfMonth === null || isWithin(dayOfMonth, 1, 31),
      invalid('dayOfMonth', 'The day of the month must be from 1 to 31.'),
    ),
    ...unless(
      timeZone === null || isTimeZone(timeZone),
      invalid('timeZone', 'The time zone must be an IANA time zone, e.g. "Europe/Berlin".'),
    ),
  ]
}

function cronProblems({ cronExpression }: ScheduleDraft, now: Date): UserError[] {
  if (cronExpression === null) return []
  try {
    const { days } = parseCron(cronExpression)
    const today = Math.floor(now.getTime() / DAY_MS)
    return unless(
      days.next(today) !== null,
      invalid('cronExpression', 'This cron expression never fires: no year has such a day.'),
    )
  } catch {
    const message = 'This must be a cron expression of five fields: minute, hour, day, month and weekday.'
    return [invalid('cronExpression', message)]
  }
}

function sequenceProblems(field: string | string[], videoIds: readonly unknown[]): UserError[] {
  const message = `At most ${MAX_SEQUENCE_LENGTH} videos may take turns.`
  return unless(videoIds.length <= MAX_SEQUENCE_LENGTH, limitReached(field, message))
}

function dayPartProblems({ dayParts }: ScheduleDraft): UserError[] {
  const tooMany = limitReached('dayParts', `A schedule may have at most ${MAX_DAY_PARTS} day parts.`)
  if (dayParts.length > MAX_DAY_PARTS) return [tooMany]
  return dayParts.flatMap(({ weekdays, from, to, videoIds }, index) => {
    const path = (field: string) => ['dayParts', String(index), field]
    return [
      ...unless(
        weekdays.length > 0 && weekdays.every((day) => isWithin(day, 1, 7)),
        invalid(path('weekdays'), 'Name at least one day of the week, from MONDAY to SUNDAY.'),
      ),
      ...unless(isTime(from), invalid(path('from'), NO_TIME)),
      ...unless(isTime(to), invalid(path('to'), NO_TIME)),
      ...unless(videoIds.length > 0, invalid(path('videoIds'), 'There must be a video to play.')),
      ...sequenceProblems(path('videoIds'), videoIds),
    ]
  })
}

function dateProblems({ startsOn, endsOn, exceptedDates }: ScheduleDraft): UserError[] {
  const tooMany = `There may be at most ${MAX_EXCEPTED_DATES} excepted dates.`
  return [
    ...unless(startsOn === null || isDate(startsOn), invalid('startsOn', NO_DATE)),
    ...unless(endsOn === null || isDate(endsOn), invalid('endsOn', NO_DATE)),
    ...unless(
      startsOn === null || endsOn === null || startsOn <= endsOn,
      invalid('endsOn', 'The last day must not be before the first.'),
    ),
    ...unless(exceptedDates.every(isDate), invalid('exceptedDates', NO_DATE)),
    ...unless(exceptedDates.length <= MAX_EXCEPTED_DATES, limitReached('exceptedDates', tooMany)),
  ]
}

const NO_TIME = 'This must be a time of day, e.g. "14:30".'
const NO_DATE = 'This must be a date, e.g. "2026-12-24".'

function unless(isFine: boolean, problem: UserError): UserError[] {
  return isFine ? [] : [problem]
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max
}

function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text)
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(time) && formatDay(time / DAY_MS) === text
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    // An offset (`+03:00`) is none: it knows nothing of daylight saving time.
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
