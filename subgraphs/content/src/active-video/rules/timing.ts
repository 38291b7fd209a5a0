import { parseCron } from './cron.ts'
import { dayOfEachMonth, type DaySet, daysOfWeek, everyDay } from './day-sets.ts'
import { parseTimeOfDay } from './days.ts'
import type { Schedule } from './schedule.ts'

/** On which days and at which times turns change, whatever the zone. */
export interface Timing {
  readonly days: DaySet
  /** In milliseconds after midnight, ascending. */
  readonly times: readonly number[]
  /**
   * What becomes of times that clocks skip or repeat. A TIME is kept: skipped, it comes at the first valid moment
   * after; repeated, it comes once. CRON_TIME is the same, but is lost when that moment is on another day: so croner
   * has it. An INTERVAL goes by what clocks show: never, or twice.
   */
  readonly kind: 'TIME' | 'CRON_TIME' | 'INTERVAL'
}

/** @throws Error for a schedule that lacks what its type needs, or for day parts, which have no single timing */
export function timingOf(schedule: Schedule): Timing {
  switch (schedule.rotationType) {
    case 'TIME_OF_DAY':
      return atTimeOfDay(schedule, everyDay)
    case 'DAY_OF_WEEK':
      return atTimeOfDay(schedule, daysOfWeek([need(schedule.dayOfWeek, 'day of the week')]))
    case 'DAY_OF_MONTH':
      return atTimeOfDay(schedule, dayOfEachMonth(need(schedule.dayOfMonth, 'day of the month')))
    case 'CRON': {
      const { days, times, namesTimes } = parseCron(need(schedule.cronExpression, 'cron expression'))
      return { days, times, kind: namesTimes ? 'CRON_TIME' : 'INTERVAL' }
    }
    case 'DAY_PARTS':
      throw new Error('day parts have a timing each')
  }
}

function atTimeOfDay({ timeOfDay }: Schedule, days: DaySet): Timing {
  return { days, times: [parseTimeOfDay(need(timeOfDay, 'time of day'))], kind: 'TIME' }
}

function need<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`a schedule of this type has a ${what}`)
  return value
}
