import { describe, expect, test } from 'vitest'
import { daysLeft, dueStage, projectStages, subscriptionStages } from './due-stage.ts'

const at = (stages: readonly { tag: string; at: Date }[]) =>
  stages.map((stage) => `${stage.tag} ${stage.at.toISOString()}`)

describe('when a company is told that a project ends', () => {
  test('at nine in the morning of its day of notice and of its last day, and at its end', () => {
    expect(at(projectStages(new Date('2026-12-08T17:00:00Z'), 7, 'Europe/Berlin'))).toEqual([
      'notice 2026-12-01T08:00:00.000Z',
      'day 2026-12-08T08:00:00.000Z',
      'ended 2026-12-08T17:00:00.000Z',
    ])
  })

  test('across a change of the clocks, too', () => {
    expect(at(projectStages(new Date('2026-10-26T17:00:00Z'), 2, 'Europe/Berlin'))).toEqual([
      'notice 2026-10-24T07:00:00.000Z',
      'day 2026-10-26T08:00:00.000Z',
      'ended 2026-10-26T17:00:00.000Z',
    ])
  })

  test('what ends at midnight has its last day before that', () => {
    expect(at(projectStages(new Date('2026-12-01T23:00:00Z'), 0, 'Europe/Berlin'))).toEqual([
      'notice 2026-12-01T08:00:00.000Z',
      'day 2026-12-01T08:00:00.000Z',
      'ended 2026-12-01T23:00:00.000Z',
    ])
  })

  test('what ends in the morning is not told of on its day before its end', () => {
    expect(at(projectStages(new Date('2026-12-08T05:00:00Z'), 1, 'Europe/Berlin'))).toEqual([
      'notice 2026-12-07T08:00:00.000Z',
      'ended 2026-12-08T05:00:00.000Z',
    ])
  })

  test('a day is another one elsewhere', () => {
    const expiresAt = new Date('2026-12-08T11:00:00Z')
    expect(at(projectStages(expiresAt, 1, 'Pacific/Auckland'))[0]).toBe('notice 2026-12-06T20:00:00.000Z')
    expect(at(projectStages(expiresAt, 1, 'America/Los_Angeles'))[0]).toBe('notice 2026-12-07T17:00:00.000Z')
  })
})

test('of a subscription a company is told 30, 7 and 1 days before, at its end and after its grace', () => {
  expect(at(subscriptionStages(new Date('2026-12-31T12:00:00Z'), 'UTC'))).toEqual([
    '30 days 2026-12-01T09:00:00.000Z',
    '7 days 2026-12-24T09:00:00.000Z',
    '1 day 2026-12-30T09:00:00.000Z',
    'ended 2026-12-31T12:00:00.000Z',
    'withdrawn 2027-01-07T12:00:00.000Z',
  ])
})

test.each([
  ['nothing, before the morning of notice', '2026-12-01T07:59:59Z', null],
  ['the notice, from then on', '2026-12-01T08:00:00Z', 'notice'],
  ['the notice, while its last day has not come', '2026-12-07T12:00:00Z', 'notice'],
  ['nothing, at night', '2026-12-07T20:00:00Z', null],
  ['its last day, on it', '2026-12-08T08:00:00Z', 'day'],
  ['its end, at its end', '2026-12-08T22:00:00Z', null],
  ['its end, in the morning after', '2026-12-09T08:00:00Z', 'ended'],
  ['its end, for a week', '2026-12-15T19:00:00Z', 'ended'],
  ['nothing, when that is no news', '2026-12-16T08:00:00Z', null],
])('what is due of a project that ends on 8 December at 23:00 in Berlin: %s', (_case, now, tag) => {
  const stages = projectStages(new Date('2026-12-08T22:00:00Z'), 7, 'Europe/Berlin')
  expect(dueStage(stages, 'Europe/Berlin', new Date(now))).toBe(tag)
})

test.each([
  ['2026-12-01T22:30:00Z', 7],
  ['2026-12-01T23:30:00Z', 6],
  ['2026-12-08T10:00:00Z', 0],
])('at %s there are %i days left', (now, days) => {
  expect(daysLeft(new Date('2026-12-08T17:00:00Z'), 'Europe/Berlin', new Date(now))).toBe(days)
})
