import { coverageOf } from './coverage.ts'
import { dayPartTurns } from './day-part-turns.ts'
import { rotationBoundaries } from './rotation-boundaries.ts'
import type { Schedule } from './schedule.ts'
import { sequenceTurns } from './sequence-turns.ts'
import { timingOf } from './timing.ts'
import type { Turns } from './turns.ts'

/** @param companyZone the time zone of a schedule that has none of its own */
export function turnsOfSchedule(schedule: Schedule, companyZone: string): Turns {
  const zone = schedule.timeZone ?? companyZone
  const coverage = coverageOf(schedule, zone)
  return schedule.rotationType === 'DAY_PARTS'
    ? dayPartTurns(schedule, zone, coverage)
    : sequenceTurns(schedule, rotationBoundaries(timingOf(schedule), zone), coverage)
}
