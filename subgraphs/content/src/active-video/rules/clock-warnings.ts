import { daysOfWeek, lengthOfMonth } from './day-sets.ts'
import {
  type Day,
  DAY_MS,
  firstOfMonth,
  formatDay,
  formatTimeOfDay,
  monthOf,
  parseTimeOfDay,
} from './days.ts'
import { firstInstant, localDay, type Transition, transitionsBetween } from './local-time.ts'
import type { Span } from './rotation-timeline.ts'
import type { RotationWarning } from './rotation-warnings.ts'
import type { Schedule } from './schedule.ts'
import { type Timing, timingOf } from './timing.ts'

/** Times of a schedule that clocks skip or repeat, and days that months lack. */
export function clockWarnings(schedule: Schedule, zone: string, span: Span): RotationWarning[] {
  const times = namedTimes(schedule)
  const transitions = transitionsBetween(zone, span.from.getTime(), span.to.getTime())
  return [
    ...transitions.flatMap((transition) =>
      times.flatMap((named) => transitionWarning(schedule.id, named, zone, transition) ?? []),
    ),
    ...monthEnds(schedule, zone, span),
  ]
}

/** Times that a schedule names, and the days on which it means them. */
interface NamedTimes {
  readonly has: (day: Day) => boolean
  readonly times: readonly number[]
  readonly kind: Timing['kind']
}

function namedTimes(schedule: Schedule): NamedTimes[] {
  if (schedule.rotationType !== 'DAY_PARTS') {
    const { days, times, kind } = timingOf(schedule)
    return [{ has: days.has, times, kind }]
  }
  return schedule.dayParts.flatMap(({ weekdays, from, to }) => {
    const [fromTime, toTime] = [parseTimeOfDay(from), parseTimeOfDay(to)]
    const { has } = daysOfWeek(weekdays)
    const lateness = toTime > fromTime ? 0 : 1
    return [
      { has, times: [fromTime], kind: 'TIME' } as const,
      { has: (day: Day) => has(day - lateness), times: [toTime], kind: 'TIME' } as const,
    ]
  })
}

/** About the first of the times that clocks skip or repeat; null when there is none. */
function transitionWarning(
  scheduleId: number,
  { has, times, kind }: NamedTimes,
  zone: string,
  { at, before, after }: Transition,
): RotationWarning | null {
  const [from, to] = [at + Math.min(before, after), at + Math.max(before, after)]
  const walls = [Math.floor(from / DAY_MS), Math.floor(to / DAY_MS)]
    .filter(has)
    .flatMap((day) => times.map((time) => day * DAY_MS + time))
  const wall = walls.find((each) => from <= each && each < to)
  if (wall === undefined) return null
  const isGap = after > before
  const what = `${timeText(wall)} on ${formatDay(Math.floor(wall / DAY_MS))} in ${zone}`
  const message = isGap
    ? `${what} does not exist, as clocks are set forward: ${insteadOf(wall, kind, at + after)}.`
    : `${what} comes twice, as clocks are set back: ${kind === 'INTERVAL' ? 'both times count' : 'the first time counts'}.`
  const code = isGap ? 'DST_GAP' : 'DST_REPEAT'
  return { code, at: new Date(at), scheduleId, videoIds: [], message }
}

function insteadOf(skipped: number, kind: Timing['kind'], valid: number): string {
  const isLost = kind === 'CRON_TIME' && Math.floor(skipped / DAY_MS) !== Math.floor(valid / DAY_MS)
  return kind === 'INTERVAL' || isLost ? 'it is left out' : `${timeText(valid)} is taken instead`
}

function timeText(wall: number): string {
  return formatTimeOfDay(wall - DAY_MS * Math.floor(wall / DAY_MS))
}

function monthEnds(schedule: Schedule, zone: string, { from, to }: Span): RotationWarning[] {
  const { id, rotationType, dayOfMonth, timeOfDay } = schedule
  if (rotationType !== 'DAY_OF_MONTH' || dayOfMonth === null || timeOfDay === null) return []
  const warnings: RotationWarning[] = []
  const lastMonth = monthOf(localDay(zone, to.getTime()))
  for (let month = monthOf(localDay(zone, from.getTime())); month <= lastMonth; month++) {
    const length = lengthOfMonth(month)
    const day = firstOfMonth(month) + length - 1
    const at = new Date(firstInstant(zone, day * DAY_MS + parseTimeOfDay(timeOfDay)))
    if (length >= dayOfMonth || at < from || at >= to) continue
    const message = `This month has no day ${dayOfMonth}: ${formatDay(day)}, its last, is taken instead.`
    warnings.push({ code: 'MONTH_END', at, scheduleId: id, videoIds: [], message })
  }
  return warnings
}
