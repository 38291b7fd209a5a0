import * as fc from 'fast-check'
import type { Candidate, PlayableContent } from '../../src/active-video/rules/playable-content.ts'
import type { DayPart, Schedule } from '../../src/active-video/rules/schedule.ts'

const MINUTE = 60_000

/** More for whoever wants to be surer: `LAW_RUNS=20` multiplies the runs of every law. */
const FACTOR = Number(process.env['LAW_RUNS'] ?? 1)
export const runs = (numRuns: number) => ({ numRuns: numRuns * FACTOR })

/** Days on which, and after which, clocks are set, and one zone where they are not. */
export const TRANSITIONS = [
  { zone: 'Europe/Berlin', day: '2027-03-28' },
  { zone: 'Europe/Berlin', day: '2026-10-25' },
  { zone: 'America/Sao_Paulo', day: '2017-02-18' },
  { zone: 'America/Sao_Paulo', day: '2017-10-15' },
  { zone: 'Australia/Lord_Howe', day: '2026-10-04' },
  { zone: 'Australia/Lord_Howe', day: '2027-04-04' },
  { zone: 'Africa/Casablanca', day: '2026-02-15' },
  { zone: 'Africa/Casablanca', day: '2026-03-22' },
  { zone: 'Asia/Kathmandu', day: '2026-03-31' },
  { zone: 'America/Nuuk', day: '2026-03-28' },
] as const

const ZONES = TRANSITIONS.map(({ zone }) => zone)

const pad = (value: number) => String(value).padStart(2, '0')

/** Often where clocks are set. */
const timeOfDay = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 15, 30, 45)),
  fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })),
)
const time = timeOfDay.map(([hour, minute]) => `${pad(hour)}:${pad(minute)}`)

export const cronExpression = fc.constantFrom(
  '* * * * *',
  '*/7 * * * *',
  '30 2 * * *',
  '30 23 * * *',
  '15 0 * * *',
  '0,30 1-3 * * *',
  '30 */2 * * 1-5',
  '0 */5 * * *',
  '0 2 29 * *',
  '0 12 L * *',
  '45 1 * * 7#1',
  '0 0 1 * +MON',
)

const dates = (from: Date, to: Date) =>
  fc.date({ min: from, max: to, noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))

const weekdays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 })
/** Of videos 1 to 5, some of which may be gone. */
const sequence = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })

const dayPart: fc.Arbitrary<DayPart> = fc.record({ weekdays, from: time, to: time, videoIds: sequence })

const NOTHING = { timeOfDay: null, dayOfWeek: null, dayOfMonth: null, cronExpression: null, dayParts: [] }

/** What makes the type of a schedule. */
const turning = fc.oneof(
  fc.record({ rotationType: fc.constant('TIME_OF_DAY' as const), timeOfDay: time }),
  fc.record({
    rotationType: fc.constant('DAY_OF_WEEK' as const),
    timeOfDay: time,
    dayOfWeek: fc.integer({ min: 1, max: 7 }),
  }),
  fc.record({
    rotationType: fc.constant('DAY_OF_MONTH' as const),
    timeOfDay: time,
    dayOfMonth: fc.integer({ min: 1, max: 31 }),
  }),
  fc.record({ rotationType: fc.constant('CRON' as const), cronExpression }),
  fc.record({
    rotationType: fc.constant('DAY_PARTS' as const),
    dayParts: fc.array(dayPart, { minLength: 1, maxLength: 3 }),
  }),
)

export interface Period {
  readonly from: Date
  readonly to: Date
}

const minutesOf = ({ from, to }: Period) =>
  fc
    .integer({ min: 0, max: (to.getTime() - from.getTime()) / MINUTE })
    .map((minute) => new Date(from.getTime() + minute * MINUTE))

/** A schedule whose checkpoint is at the beginning of the period. */
export function anySchedule(
  period: Period,
  zone: fc.Arbitrary<string | null>,
): fc.Arbitrary<Omit<Schedule, 'id'>> {
  const someDate = dates(period.from, period.to)
  return fc
    .record({
      priority: fc.integer({ min: 0, max: 2 }),
      timeZone: zone,
      videoSequence: sequence,
      range: fc.option(fc.tuple(someDate, someDate)),
      exceptedDates: fc.array(someDate, { maxLength: 2 }),
      isActive: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
      anchorIndex: fc.integer({ min: 0, max: 4 }),
      turning,
    })
    .map(({ range, turning: type, ...schedule }) => ({
      ...NOTHING,
      ...schedule,
      ...type,
      startsOn: range ? range.toSorted()[0] : null,
      endsOn: range ? range.toSorted()[1] : null,
      anchorAt: period.from,
    }))
    .map(({ startsOn, endsOn, ...schedule }) => ({
      ...schedule,
      startsOn: startsOn ?? null,
      endsOn: endsOn ?? null,
    }))
}

function anyVideo(period: Period): fc.Arbitrary<Omit<Candidate, 'id'>> {
  const edge = fc.option(minutesOf(period), { freq: 2 })
  return fc
    .record({
      rotationOrder: fc.integer({ min: 0, max: 2 }),
      isReady: fc.integer({ min: 0, max: 4 }).map((dice) => dice > 0),
      scheduleStart: edge,
      scheduleEnd: edge,
    })
    .map((video) =>
      video.scheduleStart && video.scheduleEnd && video.scheduleStart >= video.scheduleEnd
        ? { ...video, scheduleEnd: null }
        : video,
    )
}

/** A content whose windows, schedules and takeover lie in the period, in whole minutes. */
export function anyContent(period: Period, zone: string = 'UTC'): fc.Arbitrary<PlayableContent> {
  const zoneOfSchedule = zone === 'UTC' ? fc.constantFrom(...ZONES) : fc.constantFrom(zone, null)
  return fc.record({
    videos: fc
      .array(anyVideo(period), { minLength: 1, maxLength: 4 })
      .map((videos) => videos.map((video, index) => ({ ...video, id: index + 1 }))),
    takeover: fc.option(fc.record({ videoId: fc.integer({ min: 1, max: 4 }), since: minutesOf(period) })),
    schedules: fc
      .array(anySchedule(period, zoneOfSchedule), { maxLength: 3 })
      .map((schedules) => schedules.map((schedule, index) => ({ ...schedule, id: index + 1 }))),
    timeZone: fc.constant(zone),
  })
}

export function anyInstants(period: Period, maxLength: number): fc.Arbitrary<Date[]> {
  const instant = fc.date({ min: period.from, max: period.to, noInvalidDate: true })
  return fc
    .array(instant, { maxLength })
    .map((instants) => instants.toSorted((a, b) => a.getTime() - b.getTime()))
}
