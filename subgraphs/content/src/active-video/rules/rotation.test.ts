import { describe, expect, test } from 'vitest'
import type { PlayableContent } from './playable-content.ts'
import { resolveActiveVideo } from './resolve-active-video.ts'
import { content, cron, daily, monthly, parts, utc, video, videos, weekly } from './testing/build-content.ts'

/** What plays, by which rule, and until when. */
function plays(given: PlayableContent, at: string) {
  const { videoId, rule, nextChangeAt } = resolveActiveVideo(given, utc(at))
  return [videoId, rule, nextChangeAt?.toISOString().slice(0, -':00.000Z'.length) ?? null]
}

describe('a rotation', () => {
  const everyDay = content({ schedules: [daily('09:00')] })

  test('begins with the first video, and goes on to the next at each boundary', () => {
    expect(plays(everyDay, '2026-11-01T08:59')).toEqual([1, 'ROTATION', '2026-11-01T09:00'])
    expect(plays(everyDay, '2026-11-01T09:00')).toEqual([2, 'ROTATION', '2026-11-02T09:00'])
    expect(plays(everyDay, '2026-11-03T09:00')).toEqual([1, 'ROTATION', '2026-11-04T09:00'])
  })

  test('goes on from where its checkpoint says it was', () => {
    const later = content({
      schedules: [daily('09:00', { anchorAt: utc('2026-11-10T09:00'), anchorIndex: 2 })],
    })
    expect(plays(later, '2026-11-10T09:00')).toEqual([3, 'ROTATION', '2026-11-11T09:00'])
    expect(plays(later, '2026-11-11T09:00')).toEqual([1, 'ROTATION', '2026-11-12T09:00'])
  })

  test('changes nothing before its checkpoint, when a clock was set back', () => {
    const later = content({
      schedules: [daily('09:00', { anchorAt: utc('2026-11-10T09:00'), anchorIndex: 2 })],
    })
    expect(plays(later, '2026-11-10T08:30')).toEqual([3, 'ROTATION', '2026-11-11T09:00'])
  })

  test('changes every week on a day', () => {
    const mondays = content({ schedules: [weekly(1, '06:00')] })
    expect(plays(mondays, '2026-11-02T05:59')).toEqual([1, 'ROTATION', '2026-11-02T06:00'])
    expect(plays(mondays, '2026-11-02T06:00')).toEqual([2, 'ROTATION', '2026-11-09T06:00'])
  })

  test('changes every month, on the last day of one that is too short', () => {
    const lastDays = content({ schedules: [monthly(31, '12:00', { anchorAt: utc('2027-01-01') })] })
    expect(plays(lastDays, '2027-01-31T12:00')).toEqual([2, 'ROTATION', '2027-02-28T12:00'])
    expect(plays(lastDays, '2027-02-28T12:00')).toEqual([3, 'ROTATION', '2027-03-31T12:00'])
    expect(plays(lastDays, '2027-04-30T12:00')).toEqual([2, 'ROTATION', '2027-05-31T12:00'])
    const leapYear = content({ schedules: [monthly(30, '12:00', { anchorAt: utc('2028-02-01') })] })
    expect(plays(leapYear, '2028-02-01')).toEqual([1, 'ROTATION', '2028-02-29T12:00'])
  })

  test('changes when cron says', () => {
    const quarters = content({ schedules: [cron('*/15 8-9 * * MON-FRI')] })
    expect(plays(quarters, '2026-11-06T09:45')).toEqual([2, 'ROTATION', '2026-11-09T08:00'])
  })

  test('passes over videos that are not ready, gone, or outside their window', () => {
    const gaps = content({
      videos: [
        video(1),
        video(3, { isReady: false }),
        video(4, { from: '2026-12-24', to: '2026-12-27' }),
        video(5),
      ],
      schedules: [daily('09:00', { videoSequence: [1, 2, 3, 4, 5] })],
    })
    expect(plays(gaps, '2026-11-01T09:00')).toEqual([5, 'ROTATION', '2026-11-05T09:00'])
  })

  test('of one video that may play never changes', () => {
    const one = content({ videos: videos(1), schedules: [cron('* * * * *', { videoSequence: [1, 2] })] })
    expect(plays(one, '2026-11-05T09:00')).toEqual([1, 'ROTATION', null])
  })

  test('that is paused, or has nothing to play, leaves it to the default video', () => {
    expect(plays(content({ schedules: [daily('09:00', { isActive: false })] }), '2026-11-05')).toEqual([
      1,
      'DEFAULT',
      null,
    ])
    expect(plays(content({ schedules: [daily('09:00', { videoSequence: [7] })] }), '2026-11-05')).toEqual([
      1,
      'DEFAULT',
      null,
    ])
  })

  test('gives way to a window, and goes on unseen behind it', () => {
    const windowed = content({
      videos: [...videos(1, 2, 3), video(4, { from: '2026-11-02T12:00', to: '2026-11-04T12:00' })],
      schedules: [daily('09:00')],
    })
    expect(plays(windowed, '2026-11-02T11:00')).toEqual([3, 'ROTATION', '2026-11-02T12:00'])
    expect(plays(windowed, '2026-11-02T12:00')).toEqual([4, 'WINDOW', '2026-11-04T12:00'])
    expect(plays(windowed, '2026-11-04T12:00')).toEqual([2, 'ROTATION', '2026-11-05T09:00'])
  })
})

describe('the clocks of a zone', () => {
  test('are those of the schedule, else of the company', () => {
    const moscow = content({ timeZone: 'Europe/Moscow', schedules: [daily('09:00')] })
    expect(plays(moscow, '2026-11-05')).toEqual([2, 'ROTATION', '2026-11-05T06:00'])
    const tokyo = content({
      timeZone: 'Europe/Moscow',
      schedules: [daily('09:00', { timeZone: 'Asia/Tokyo' })],
    })
    // The checkpoint is itself a boundary there, and therefore counted already.
    expect(plays(tokyo, '2026-11-05T00:00')).toEqual([2, 'ROTATION', '2026-11-06T00:00'])
    const kathmandu = content({ schedules: [daily('09:00', { timeZone: 'Asia/Kathmandu' })] })
    expect(plays(kathmandu, '2026-11-01')).toEqual([1, 'ROTATION', '2026-11-01T03:15'])
  })

  test.each([
    ['Europe/Berlin', '02:30', '2027-03-27T12:00', '2027-03-28T01:00'],
    ['Australia/Lord_Howe', '02:15', '2026-10-03T12:00', '2026-10-03T15:30'],
    ['America/Sao_Paulo', '00:30', '2017-10-14T12:00', '2017-10-15T03:00'],
    ['Africa/Casablanca', '02:45', '2026-03-21T12:00', '2026-03-22T02:00'],
    ['America/Nuuk', '23:30', '2026-03-28T12:00', '2026-03-29T01:00'],
  ])(
    'set forward in %s over %s: the turn changes at the first valid moment after',
    (timeZone, time, from, at) => {
      const given = content({ schedules: [daily(time, { timeZone, anchorAt: utc(from) })] })
      expect(plays(given, from)).toEqual([1, 'ROTATION', at])
    },
  )

  test('set back: the turn changes once, the first time', () => {
    const schedules = [daily('02:30', { timeZone: 'Europe/Berlin', anchorAt: utc('2026-10-24T12:00') })]
    expect(plays(content({ schedules }), '2026-10-24T12:00')).toEqual([1, 'ROTATION', '2026-10-25T00:30'])
    expect(plays(content({ schedules }), '2026-10-25T00:30')).toEqual([2, 'ROTATION', '2026-10-26T01:30'])
  })

  test('set back: a cron expression that names no hour counts both', () => {
    const schedules = [cron('30 * * * *', { timeZone: 'Europe/Berlin', anchorAt: utc('2026-10-25T00:00') })]
    expect(plays(content({ schedules }), '2026-10-25T00:30')).toEqual([2, 'ROTATION', '2026-10-25T01:30'])
  })
})

describe('of several schedules', () => {
  const base = daily('09:00')

  test('the one of the highest priority decides while it applies', () => {
    const christmas = daily('12:00', {
      id: 2,
      priority: 1,
      videoSequence: [1],
      startsOn: '2026-12-24',
      endsOn: '2026-12-26',
    })
    const seasonal = content({ schedules: [base, christmas], timeZone: 'Europe/Berlin' })
    expect(plays(seasonal, '2026-12-23T22:59')).toEqual([3, 'ROTATION', '2026-12-23T23:00'])
    const during = resolveActiveVideo(seasonal, utc('2026-12-23T23:00'))
    expect(during).toMatchObject({ videoId: 1, scheduleId: 2, nextChangeAt: utc('2026-12-26T23:00') })
    const after = resolveActiveVideo(seasonal, utc('2026-12-26T23:00'))
    expect(after).toMatchObject({ videoId: 3, scheduleId: 1 })
  })

  test('of equal priority the one that begins later goes first, then the one of the lower id', () => {
    const since = (id: number, startsOn: string | null) =>
      daily('09:00', { id, startsOn, videoSequence: [id] })
    const winner = (...schedules: ReturnType<typeof since>[]) =>
      resolveActiveVideo(content({ schedules }), utc('2026-11-20')).scheduleId
    expect(winner(since(1, null), since(2, '2026-11-05'), since(3, '2026-11-04'))).toBe(2)
    expect(winner(since(3, '2026-11-05'), since(2, '2026-11-05'))).toBe(2)
  })

  test('one with nothing to play is passed over', () => {
    const first = daily('09:00', { id: 2, priority: 5, videoSequence: [9] })
    expect(resolveActiveVideo(content({ schedules: [base, first] }), utc('2026-11-20')).scheduleId).toBe(1)
  })

  test('one begins with its first video on its first day, whenever it was made', () => {
    const later = daily('09:00', { startsOn: '2026-11-20' })
    expect(plays(content({ schedules: [later] }), '2026-11-10')).toEqual([1, 'DEFAULT', '2026-11-20T00:00'])
    expect(plays(content({ schedules: [later] }), '2026-11-20T10:00')).toEqual([
      2,
      'ROTATION',
      '2026-11-21T09:00',
    ])
  })

  test('one stays away on excepted dates, and its turns go on meanwhile', () => {
    const excepted = content({ schedules: [daily('09:00', { exceptedDates: ['2026-11-02', '2026-11-03'] })] })
    expect(plays(excepted, '2026-11-01T12:00')).toEqual([2, 'ROTATION', '2026-11-02T00:00'])
    expect(plays(excepted, '2026-11-02T12:00')).toEqual([1, 'DEFAULT', '2026-11-04T00:00'])
    expect(plays(excepted, '2026-11-04T08:00')).toEqual([1, 'ROTATION', '2026-11-04T09:00'])
    expect(plays(excepted, '2026-11-04T09:00')).toEqual([2, 'ROTATION', '2026-11-05T09:00'])
  })
})

describe('day parts', () => {
  const WEEKDAYS = [1, 2, 3, 4, 5]
  const night = { weekdays: [5], from: '22:00', to: '02:00', videoIds: [3] }
  const morning = { weekdays: WEEKDAYS, from: '06:00', to: '10:00', videoIds: [2] }

  test('play from one time to another', () => {
    const given = content({ schedules: [parts([morning])] })
    expect(plays(given, '2026-11-05T05:59')).toEqual([1, 'DEFAULT', '2026-11-05T06:00'])
    expect(plays(given, '2026-11-05T06:00')).toEqual([2, 'ROTATION', '2026-11-05T10:00'])
    expect(plays(given, '2026-11-06T10:00')).toEqual([1, 'DEFAULT', '2026-11-09T06:00'])
  })

  test('cross midnight: the day on which they begin decides', () => {
    const given = content({ schedules: [parts([night], { exceptedDates: ['2026-11-07', '2026-11-13'] })] })
    expect(plays(given, '2026-11-06T01:00')).toEqual([1, 'DEFAULT', '2026-11-06T22:00'])
    expect(plays(given, '2026-11-07T01:59')).toEqual([3, 'ROTATION', '2026-11-07T02:00'])
    expect(plays(given, '2026-11-07T02:00')).toEqual([1, 'DEFAULT', '2026-11-20T22:00'])
  })

  test('play the next of several videos each time', () => {
    const given = content({ schedules: [parts([{ ...morning, videoIds: [1, 2, 3] }])] })
    const eachMorning = ['02', '03', '04', '05', '06', '09'].map(
      (day) => plays(given, `2026-11-${day}T08:00`)[0],
    )
    expect(eachMorning).toEqual([1, 2, 3, 1, 2, 3])
  })

  test('that are open when they are made begin with their first video at once', () => {
    const anchorAt = utc('2026-11-05T08:00')
    const given = content({ schedules: [parts([{ ...morning, videoIds: [1, 2] }], { anchorAt })] })
    expect(plays(given, '2026-11-05T09:00')[0]).toBe(1)
    expect(plays(given, '2026-11-06T09:00')[0]).toBe(2)
  })

  test('last all day when they end as they begin', () => {
    const sunday = { weekdays: [7], from: '00:00', to: '00:00', videoIds: [2] }
    expect(plays(content({ schedules: [parts([sunday])] }), '2026-11-08T23:59')).toEqual([
      2,
      'ROTATION',
      '2026-11-09T00:00',
    ])
  })

  test('that are open at once: the one that opened later plays, then the one listed first', () => {
    const long = { weekdays: [4], from: '08:00', to: '20:00', videoIds: [2] }
    const lunch = { weekdays: [4], from: '12:00', to: '14:00', videoIds: [3] }
    const given = content({ schedules: [parts([long, lunch])] })
    expect(plays(given, '2026-11-05T13:00')).toEqual([3, 'ROTATION', '2026-11-05T14:00'])
    expect(plays(given, '2026-11-05T14:00')).toEqual([2, 'ROTATION', '2026-11-05T20:00'])
    const equal = content({ schedules: [parts([{ ...lunch, videoIds: [1] }, lunch])] })
    expect(plays(equal, '2026-11-05T13:00')[0]).toBe(1)
  })
})

describe('a takeover', () => {
  const takeover = { videoId: 3, since: utc('2026-11-05T12:00') }

  test('ends at the next boundary, even one that a window hides or that brings the same video', () => {
    const given = content({ takeover, schedules: [daily('09:00')] })
    expect(plays(given, '2026-11-06T08:59')).toEqual([3, 'MANUAL', '2026-11-06T09:00'])
    expect(plays(given, '2026-11-06T09:00')).toEqual([1, 'ROTATION', '2026-11-07T09:00'])
    const alone = content({
      takeover,
      videos: videos(3),
      schedules: [daily('09:00', { videoSequence: [3] })],
    })
    expect(plays(alone, '2026-11-06T08:59')).toEqual([3, 'MANUAL', '2026-11-06T09:00'])
    const hidden = content({
      takeover,
      videos: [...videos(1, 3), video(4, { from: '2026-11-05' })],
      schedules: [daily('09:00')],
    })
    expect(plays(hidden, '2026-11-06T09:00')).toEqual([4, 'WINDOW', null])
  })

  test('is not ended by a boundary of a schedule that another outranks', () => {
    const lunch = parts([{ weekdays: [4], from: '11:00', to: '15:00', videoIds: [2] }], {
      id: 2,
      priority: 1,
    })
    const given = content({ takeover, schedules: [cron('* * * * *'), lunch] })
    expect(plays(given, '2026-11-05T14:00')).toEqual([3, 'MANUAL', '2026-11-05T15:00'])
  })

  test('stays without a boundary: the rotation is paused', () => {
    const given = content({ takeover, schedules: [daily('09:00', { isActive: false })] })
    expect(plays(given, '2030-01-01')).toEqual([3, 'MANUAL', null])
  })

  test('outlives the boundaries before the schedule was made', () => {
    const made = daily('13:00', { anchorAt: utc('2026-11-05T14:00') })
    expect(plays(content({ takeover, schedules: [made] }), '2026-11-05T15:00')).toEqual([
      3,
      'MANUAL',
      '2026-11-06T13:00',
    ])
  })
})
