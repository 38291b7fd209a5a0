import { Cron } from 'croner'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCron } from '../../src/active-video/rules/cron.ts'
import { rotationBoundaries } from '../../src/active-video/rules/rotation-boundaries.ts'
import { cronExpression, runs, TRANSITIONS } from './any-content.ts'

const HOUR = 3_600_000

function boundariesOf(expression: string, zone: string) {
  const { days, times, namesTimes } = parseCron(expression)
  return rotationBoundaries({ days, times, kind: namesTimes ? 'CRON_TIME' : 'INTERVAL' }, zone)
}

/** Numbers, lists, ranges and steps of all five fields, whose days exist. */
const field = (min: number, max: number) => {
  const number = fc.integer({ min, max })
  const range = fc.tuple(number, number).map((pair) => pair.toSorted((a, b) => a - b).join('-'))
  return fc.oneof(
    fc.constant('*'),
    number.map(String),
    fc.array(number, { minLength: 1, maxLength: 3 }).map((list) => list.join(',')),
    range,
    fc.integer({ min: 1, max: Math.max(2, Math.floor(max / 2)) }).map((step) => `*/${step}`),
  )
}
const anyCron = fc.oneof(
  cronExpression,
  fc
    .tuple(field(0, 59), field(0, 5), field(1, 28), fc.constant('*'), field(0, 6))
    .map((five) => five.join(' ')),
)

describe.each(TRANSITIONS)('around $day in $zone', ({ zone, day }) => {
  test('a cron expression fires when croner says, and as often', () => {
    fc.assert(
      fc.property(anyCron, fc.integer({ min: -40 * 60, max: 20 * 60 }), (expression, minutes) => {
        const cron = new Cron(expression, { timezone: zone, mode: '5-part', fixedTimeRule: 'no-wildcard' })
        const boundaries = boundariesOf(expression, zone)
        const start = Date.parse(`${day}T12:00:00Z`) + minutes * 60_000
        const runsOfCroner = cron.nextRuns(60, new Date(start)).map(Number)
        const ours: number[] = []
        let at = boundaries.next(start)
        while (at !== null && ours.length < 60) {
          ours.push(at)
          at = boundaries.next(at)
        }
        expect(ours.map(dateOf)).toEqual(runsOfCroner.map(dateOf))
        for (const [index, run] of runsOfCroner.entries()) {
          expect(boundaries.count(start, run)).toEqual({ count: index + 1, last: run })
        }
      }),
      runs(25),
    )
  })
})

test('what was counted over months is what croner lists', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        '0 */5 * * *',
        '30 2 * * *',
        '0 2 29 * *',
        '0 12 L * *',
        '45 1 * * 7#1',
        '0 0 1 * +MON',
        '30 1-3 * * 0,6',
      ),
      fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/Nuuk'),
      fc.integer({ min: 0, max: 8_000 }),
      fc.integer({ min: 1, max: 500 }),
      (expression, zone, hours, length) => {
        const start = Date.parse('2026-01-01T00:00:00Z') + hours * HOUR
        const end = start + length * 24 * HOUR
        const cron = new Cron(expression, { timezone: zone, mode: '5-part', fixedTimeRule: 'no-wildcard' })
        const listed: number[] = []
        for (const run of cron.enumerate(new Date(start))) {
          if (run.getTime() > end) break
          listed.push(run.getTime())
        }
        expect(boundariesOf(expression, zone).count(start, end)).toEqual({
          count: listed.length,
          last: listed.at(-1) ?? null,
        })
      },
    ),
    runs(30),
  )
})

const dateOf = (instant: number) => new Date(instant).toISOString()
