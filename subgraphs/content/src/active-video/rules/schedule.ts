/** What kind of boundary there is between two turns of a schedule. */
export type ScheduleType = 'TIME_OF_DAY' | 'DAY_OF_WEEK' | 'DAY_OF_MONTH' | 'CRON' | 'DAY_PARTS'

/** Hours of some days of the week in which certain videos play. */
export interface DayPart {
  /** Days on which it begins, in ISO 8601: Monday is 1. */
  readonly weekdays: readonly number[]
  /** Local times, `14:30` or `14:30:00`. One that ends no later than it begins ends on the next day. */
  readonly from: string
  readonly to: string
  /** Each beginning of the part is the turn of the next one. */
  readonly videoIds: readonly number[]
}

/** When videos of a content take turns: a row of rotation_schedules, as far as it matters for what plays. */
export interface Schedule {
  readonly id: number
  /** Where several apply the highest goes first; then the one that begins later (`startsOn`), then the lower id. */
  readonly priority: number
  readonly rotationType: ScheduleType
  /** Of the first three types: a local time, `14:30` or `14:30:00`. */
  readonly timeOfDay: string | null
  /** Of DAY_OF_WEEK, in ISO 8601: Monday is 1. */
  readonly dayOfWeek: number | null
  /** Of DAY_OF_MONTH; 29 to 31 mean the last day of a shorter month. */
  readonly dayOfMonth: number | null
  readonly cronExpression: string | null
  readonly dayParts: readonly DayPart[]
  /** An IANA time zone; null for the company's. */
  readonly timeZone: string | null
  /** Of all types but DAY_PARTS. */
  readonly videoSequence: readonly number[]
  /** Local dates between which it applies, both included; null for no limit. */
  readonly startsOn: string | null
  readonly endsOn: string | null
  /** Local dates on which it does not apply; the turns go on changing unseen. */
  readonly exceptedDates: readonly string[]
  readonly isActive: boolean
  /** Whose turn it was at an instant; boundaries are counted from there on. */
  readonly anchorAt: Date
  readonly anchorIndex: number
}

/** For `toSorted`: the schedule that goes first where both apply. */
export function byRank(a: Schedule, b: Schedule): number {
  const [startOfA, startOfB] = [a.startsOn ?? '', b.startsOn ?? '']
  if (a.priority !== b.priority) return b.priority - a.priority
  return startOfA === startOfB ? a.id - b.id : startOfA < startOfB ? 1 : -1
}

/** The videos that it names, each once. */
export function videosOf({ rotationType, dayParts, videoSequence }: Schedule): number[] {
  const ids = rotationType === 'DAY_PARTS' ? dayParts.flatMap(({ videoIds }) => videoIds) : videoSequence
  return [...new Set(ids)]
}
