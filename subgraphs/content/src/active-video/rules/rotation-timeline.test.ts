import { describe, expect, test } from 'vitest'
import type { PlayableContent } from './playable-content.ts'
import { rotationTimeline } from './rotation-timeline.ts'
import { content, cron, daily, monthly, parts, utc, video, videos } from './testing/build-content.ts'

function timeline(given: PlayableContent, from: string, to: string) {
  const found = rotationTimeline(given, { from: utc(from), to: utc(to) })
  if (found.kind !== 'timeline') throw new Error(found.kind)
  return found
}

const entries = (given: PlayableContent, from: string, to: string) =>
  timeline(given, from, to).entries.map(({ from: since, videoId, rule, scheduleId }) => [
    since.toISOString().slice(0, '2026-11-05T09:00'.length),
    videoId,
    rule,
    scheduleId,
  ])

const warnings = (given: PlayableContent, from: string, to: string) =>
  timeline(given, from, to).warnings.map(({ code, at, scheduleId, videoIds }) => ({
    code,
    at: at?.toISOString().slice(0, '2026-11-05T09:00'.length) ?? null,
    about: scheduleId ?? videoIds,
  }))

describe('a timeline', () => {
  test('says what plays from when on, and by which schedule', () => {
    const given = content({
      videos: [...videos(1, 2, 3), video(4, { from: '2026-11-05T12:00', to: '2026-11-05T14:00' })],
      schedules: [
        daily('09:00', { id: 1 }),
        parts([{ weekdays: [4], from: '08:00', to: '16:00', videoIds: [3] }], { id: 2, priority: 1 }),
      ],
    })
    expect(entries(given, '2026-11-05', '2026-11-07')).toEqual([
      ['2026-11-05T00:00', 2, 'ROTATION', 1],
      ['2026-11-05T08:00', 3, 'ROTATION', 2],
      ['2026-11-05T12:00', 4, 'WINDOW', null],
      ['2026-11-05T14:00', 3, 'ROTATION', 2],
      ['2026-11-05T16:00', 3, 'ROTATION', 1],
      ['2026-11-06T09:00', 1, 'ROTATION', 1],
    ])
  })

  test('is one entry where nothing changes', () => {
    const { entries: found } = timeline(content({}), '2026-11-05', '2026-12-05')
    expect(found).toEqual([
      { from: utc('2026-11-05'), to: utc('2026-12-05'), videoId: 1, rule: 'DEFAULT', scheduleId: null },
    ])
  })

  test.each([
    ['2026-11-05', '2026-11-05', 'endsBeforeItStarts'],
    ['2026-11-05', '2026-11-04', 'endsBeforeItStarts'],
    ['2026-01-01', '2027-02-06', 'tooLong'],
    ['2026-11-05', '2026-11-20', 'tooManyChanges'],
  ])('from %s to %s is refused: %s', (from, to, kind) => {
    const given = content({ schedules: [cron('* * * * *')] })
    expect(rotationTimeline(given, { from: utc(from), to: utc(to) })).toEqual({ kind })
  })
})

describe('a warning', () => {
  test('tells of a time that clocks skip, and of one that they repeat', () => {
    const given = content({ schedules: [daily('02:30', { timeZone: 'Europe/Berlin' })] })
    const found = timeline(given, '2026-10-01', '2027-04-01').warnings
    expect(found).toEqual([
      {
        code: 'DST_REPEAT',
        at: utc('2026-10-25T01:00'),
        scheduleId: 1,
        videoIds: [],
        message:
          '02:30 on 2026-10-25 in Europe/Berlin comes twice, as clocks are set back: the first time counts.',
      },
      {
        code: 'DST_GAP',
        at: utc('2027-03-28T01:00'),
        scheduleId: 1,
        videoIds: [],
        message:
          '02:30 on 2027-03-28 in Europe/Berlin does not exist, as clocks are set forward: 03:00 is taken instead.',
      },
    ])
  })

  test('says so where cron leaves the time out, or counts it twice', () => {
    const messages = (expression: string, timeZone: string) =>
      timeline(
        content({ schedules: [cron(expression, { timeZone })] }),
        '2026-03-01',
        '2026-11-10',
      ).warnings.map(({ message }) => message.split(': ')[1])
    expect(messages('30 */2 * * *', 'Europe/Berlin')).toEqual(['it is left out.', 'both times count.'])
    expect(messages('30 2 * * *', 'Europe/Berlin')).toEqual([
      '03:00 is taken instead.',
      'the first time counts.',
    ])
    expect(messages('30 23 * * *', 'America/Nuuk')).toEqual(['it is left out.', 'the first time counts.'])
  })

  test('tells of day parts whose ends clocks skip, by the day that they are on', () => {
    const saturday = { weekdays: [6], from: '22:00', to: '02:30', videoIds: [1] }
    const given = (weekdays: number[]) =>
      content({ schedules: [parts([{ ...saturday, weekdays }], { timeZone: 'Europe/Berlin' })] })
    expect(warnings(given([6]), '2027-03-01', '2027-04-01')).toEqual([
      { code: 'DST_GAP', at: '2027-03-28T01:00', about: 1 },
    ])
    expect(warnings(given([7]), '2027-03-01', '2027-04-01')).toEqual([])
  })

  test('tells of months that are too short', () => {
    const given = content({ schedules: [monthly(30, '12:00')] })
    expect(warnings(given, '2027-01-01', '2027-05-01')).toEqual([
      { code: 'MONTH_END', at: '2027-02-28T12:00', about: 1 },
    ])
  })

  test('tells when nothing plays', () => {
    const given = content({ videos: [video(1, { from: '2026-11-10', to: '2026-11-12' })] })
    expect(warnings(given, '2026-11-05', '2026-11-20')).toEqual([
      { code: 'NO_VIDEO', at: '2026-11-05T00:00', about: [] },
      { code: 'NO_VIDEO', at: '2026-11-12T00:00', about: [] },
    ])
  })

  test('tells of schedules whose turns never change any more', () => {
    const given = content({
      schedules: [
        daily('09:00', { id: 1, endsOn: '2026-11-04' }),
        cron('0 0 31 2 *', { id: 2 }),
        daily('09:00', { id: 3, endsOn: '2026-11-05' }),
        daily('09:00', { id: 4, isActive: false, endsOn: '2026-11-04' }),
      ],
    })
    expect(warnings(given, '2026-11-05', '2026-11-06')).toEqual([
      { code: 'NEVER_FIRES', at: null, about: 1 },
      { code: 'NEVER_FIRES', at: null, about: 2 },
      { code: 'NEVER_WINS', at: null, about: 3 },
    ])
  })

  test('tells of windows that are open at once, and which video plays then', () => {
    const given = content({
      videos: [
        video(1, { from: '2026-11-01', to: '2026-11-10' }),
        video(2, { from: '2026-11-08', to: '2026-11-12' }),
        video(3, { from: '2026-11-12' }),
      ],
    })
    expect(warnings(given, '2026-11-05', '2026-11-20')).toEqual([
      { code: 'WINDOWS_OVERLAP', at: '2026-11-08T00:00', about: [2, 1] },
    ])
  })

  test('tells of windows that never open', () => {
    const given = content({
      videos: [video(1), video(2, { to: '2026-11-05' }), video(3, { from: '2026-12-01', isReady: false })],
    })
    expect(warnings(given, '2026-11-05', '2026-11-20')).toEqual([
      { code: 'WINDOW_NEVER_OPENS', at: null, about: [2] },
      { code: 'WINDOW_NEVER_OPENS', at: null, about: [3] },
    ])
  })
})
