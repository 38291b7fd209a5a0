import { Cron, CronPattern } from 'croner'
import { LRUCache } from 'lru-cache'
import { type DaySet, everyDay } from './day-sets.ts'
import { type Day, DAY_MS } from './days.ts'

/** What a cron expression says, taken apart. */
export interface CronTimes {
  readonly days: DaySet
  /** In milliseconds after midnight, ascending. */
  readonly times: readonly number[]
  /** Whether it names its hours and minutes, with neither wildcard nor step: then it means times, not intervals. */
  readonly namesTimes: boolean
}

const FIELDS = 5
const MAX_LENGTH = 200
const parsed = new LRUCache<string, CronTimes>({ max: 1_000 })

/**
 * Reads a cron expression of five fields, with croner's `L`, `W`, `#` and names; the day of the month and the weekday
 * are alternatives where both are given, as usual.
 *
 * @throws TypeError or RangeError for what is none; nicknames (`@daily`) are none
 */
export function parseCron(expression: string): CronTimes {
  const known = parsed.get(expression)
  if (known) return known
  const times = read(expression)
  parsed.set(expression, times)
  return times
}

function read(expression: string): CronTimes {
  if (expression.length > MAX_LENGTH) throw new RangeError('a cron expression is not as long as this')
  const fields = expression.trim().split(/\s+/)
  if (fields.length !== FIELDS) throw new TypeError(`a cron expression has ${FIELDS} fields`)
  const [, , ...dateFields] = fields
  const { minute, hour, isFixedTime } = new CronPattern(fields.join(' '), undefined, {
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
  })
  const minutes = indicesOf(minute)
  const times = indicesOf(hour).flatMap((h) => minutes.map((m) => (h * 60 + m) * 60_000))
  return { days: cronDays(dateFields.join(' ')), times, namesTimes: isFixedTime }
}

function indicesOf(field: readonly number[]): number[] {
  return field.flatMap((isSet, index) => (isSet ? [index] : []))
}

/** @param fields day of month, month and weekday */
function cronDays(fields: string): DaySet {
  if (/^[*?] [*?] [*?]$/.test(fields)) return everyDay
  // Days as croner sees them have no zone: each is its midnight in UTC.
  const cron = new Cron(`0 0 ${fields}`, { utcOffset: 0, mode: '5-part' })
  const dayOf = (run: Date | null | undefined) => (run ? run.getTime() / DAY_MS : null)
  const has = (day: Day) => cron.match(new Date(day * DAY_MS))
  return {
    has,
    count: (from, to) => {
      let count = 0
      for (let day = from; day < to; day++) if (has(day)) count++
      return count
    },
    next: (day) => dayOf(cron.nextRun(new Date(day * DAY_MS - 1))),
    previous: (day) => dayOf(cron.previousRuns(1, new Date(day * DAY_MS + 1))[0]),
  }
}
