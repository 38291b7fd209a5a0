import { describe, expect, test } from 'vitest'
import { scheduleProblems } from './schedule-problems.ts'
import type { Schedule } from './schedule.ts'
import { cron, daily, monthly, parts, utc, weekly } from './testing/build-content.ts'

const problems = (schedule: Schedule) =>
  scheduleProblems(schedule, utc('2026-11-22')).map(({ code, field }) => `${field?.join('.')} ${code}`)

const morning = { weekdays: [1], from: '08:00', to: '10:00', videoIds: [1] }

describe('a schedule', () => {
  test.each([
    ['daily', daily('09:00')],
    ['weekly', weekly(7, '23:59:59')],
    ['monthly', monthly(31, '00:00')],
    ['by cron', cron('0 9 * * *')],
    ['on 29 February', cron('0 0 29 2 *')],
    ['by names and last days', cron('*/5 8-18 L JAN-MAR,DEC MON#1')],
    ['of day parts', parts([morning])],
    ['of a hundred videos', daily('09:00', { videoSequence: Array.from({ length: 100 }, (_, id) => id) })],
    [
      'with everything',
      daily('09:00', {
        timeZone: 'Asia/Kathmandu',
        startsOn: '2026-12-24',
        endsOn: '2026-12-24',
        exceptedDates: ['2028-02-29'],
        priority: 1000,
      }),
    ],
  ])('is fine: %s', (_name, schedule) => {
    expect(problems(schedule)).toEqual([])
  })

  test.each([
    ['no cron expression', cron('', { cronExpression: null }), ['cronExpression INVALID']],
    ['an empty cron expression', cron(''), ['cronExpression INVALID']],
    ['two fields', cron('* *'), ['cronExpression INVALID']],
    ['six fields', cron('0 0 9 * * *'), ['cronExpression INVALID']],
    ['a nickname', cron('@reboot'), ['cronExpression INVALID']],
    ['a nickname that croner knows', cron('@daily'), ['cronExpression INVALID']],
    ['a date', cron('2026-12-24T00:00:00'), ['cronExpression INVALID']],
    ['31 February', cron('0 0 31 2 *'), ['cronExpression INVALID']],
    ['minute 60', cron('60 0 * * *'), ['cronExpression INVALID']],
    ['day 0 in cron', cron('0 0 0 * *'), ['cronExpression INVALID']],
    ['day 0', monthly(0, '09:00'), ['dayOfMonth INVALID']],
    ['day 32', monthly(32, '09:00'), ['dayOfMonth INVALID']],
    ['half a day', monthly(1.5, '09:00'), ['dayOfMonth INVALID']],
    ['weekday 0', weekly(0, '09:00'), ['dayOfWeek INVALID']],
    ['weekday 8', weekly(8, '09:00'), ['dayOfWeek INVALID']],
    ['no such time', daily('24:00'), ['timeOfDay INVALID']],
    ['no such zone', daily('09:00', { timeZone: 'Europe/Atlantis' }), ['timeZone INVALID']],
    ['an offset for a zone', daily('09:00', { timeZone: '+03:00' }), ['timeZone INVALID']],
    ['no time', daily('09:00', { timeOfDay: null }), ['timeOfDay INVALID']],
    ['no weekday', weekly(1, '09:00', { dayOfWeek: null }), ['dayOfWeek INVALID']],
    [
      'another type’s fields',
      daily('09:00', { dayOfMonth: 3, cronExpression: '0 9 * * *' }),
      ['dayOfMonth INVALID', 'cronExpression INVALID'],
    ],
    ['no videos', daily('09:00', { videoSequence: [] }), ['videoSequence INVALID']],
    [
      '101 videos',
      daily('09:00', { videoSequence: Array.from({ length: 101 }, (_, id) => id) }),
      ['videoSequence LIMIT_REACHED'],
    ],
    ['no day parts', parts([]), ['dayParts INVALID']],
    ['day parts and a sequence', parts([morning], { videoSequence: [1] }), ['videoSequence INVALID']],
    [
      'an empty day part',
      parts([morning, { weekdays: [], from: '8', to: '25:00', videoIds: [] }]),
      [
        'dayParts.1.weekdays INVALID',
        'dayParts.1.from INVALID',
        'dayParts.1.to INVALID',
        'dayParts.1.videoIds INVALID',
      ],
    ],
    ['51 day parts', parts(Array.from({ length: 51 }, () => morning)), ['dayParts LIMIT_REACHED']],
    [
      'dates that do not exist',
      daily('09:00', { startsOn: '2026-02-30', exceptedDates: ['tomorrow'] }),
      ['startsOn INVALID', 'exceptedDates INVALID'],
    ],
    [
      'an end before the start',
      daily('09:00', { startsOn: '2026-12-24', endsOn: '2026-12-23' }),
      ['endsOn INVALID'],
    ],
    [
      '401 excepted dates',
      daily('09:00', { exceptedDates: Array.from({ length: 401 }, () => '2026-12-24') }),
      ['exceptedDates LIMIT_REACHED'],
    ],
    ['a negative priority', daily('09:00', { priority: -1 }), ['priority INVALID']],
  ])('is refused: %s', (_name, schedule, expected) => {
    expect(problems(schedule)).toEqual(expected)
  })
})
