import { coverageOf } from './coverage.ts'
import { daysOfWeek } from './day-sets.ts'
import { DAY_MS, type Day, parseTimeOfDay } from './days.ts'
import { firstInstant, localDay } from './local-time.ts'
import type { Span } from './rotation-timeline.ts'
import type { RotationWarning } from './rotation-warnings.ts'
import type { DayPart, Schedule } from './schedule.ts'

/** Day parts of a schedule that are open at once, each two of them once: from when on in the span. */
export function dayPartWarnings(schedule: Schedule, zone: string, span: Span): RotationWarning[] {
  if (schedule.rotationType !== 'DAY_PARTS') return []
  const { hasDay } = coverageOf(schedule, zone)
  const parts = schedule.dayParts.map((part) => hoursOf(part, hasDay))
  return parts.flatMap((one, index) =>
    parts.slice(index + 1).flatMap((other) => {
      const at = firstOverlap(one, other, zone, span)
      if (at === null) return []
      const message =
        `Two of its day parts are open at once, ${one.name} and ${other.name}: the one that begins later plays, ` +
        'and of two that begin together the one that is listed first.'
      return [{ code: 'DAY_PARTS_OVERLAP', at, scheduleId: schedule.id, videoIds: [], message } as const]
    }),
  )
}

/** `08:00 to 12:00`, as it was set. */
export function nameOfPart({ from, to }: DayPart): string {
  const withoutSeconds = (time: string) => time.replace(/(?<=:..):00$/, '')
  return `${withoutSeconds(from)} to ${withoutSeconds(to)}`
}

/** Of a day on which a part begins, in wall time after its midnight. */
interface Hours {
  readonly name: string
  readonly opensOn: (day: Day) => boolean
  readonly begins: number
  readonly ends: number
}

function hoursOf(part: DayPart, hasDay: (day: Day) => boolean): Hours {
  const [begins, to] = [parseTimeOfDay(part.from), parseTimeOfDay(part.to)]
  const { has } = daysOfWeek(part.weekdays)
  return {
    name: nameOfPart(part),
    opensOn: (day) => has(day) && hasDay(day),
    begins,
    ends: to > begins ? to : to + DAY_MS,
  }
}

/** No part lasts longer than a day, so those of neighbouring days are the furthest that can meet. */
const DAYS_AWAY = [-1, 0, 1]

function firstOverlap(one: Hours, other: Hours, zone: string, { from, to }: Span): Date | null {
  const meeting = DAYS_AWAY.filter(
    (away) => one.begins < away * DAY_MS + other.ends && away * DAY_MS + other.begins < one.ends,
  )
  if (meeting.length === 0) return null
  const instant = (day: Day, time: number) => firstInstant(zone, day * DAY_MS + time)
  const last = localDay(zone, to.getTime())
  for (let day = localDay(zone, from.getTime()) - 1; day <= last; day++) {
    if (!one.opensOn(day)) continue
    for (const away of meeting) {
      if (!other.opensOn(day + away)) continue
      const starts = [instant(day, one.begins), instant(day + away, other.begins), from.getTime()]
      const ends = [instant(day, one.ends), instant(day + away, other.ends), to.getTime()]
      if (Math.max(...starts) < Math.min(...ends)) return new Date(Math.max(...starts))
    }
  }
  return null
}
