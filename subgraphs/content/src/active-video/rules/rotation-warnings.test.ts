import { describe, expect, test } from 'vitest'
import type { PlayableContent } from './playable-content.ts'
import { rotationTimeline } from './rotation-timeline.ts'
import type { RotationWarning } from './rotation-warnings.ts'
import type { DayPart } from './schedule.ts'
import { content, cron, daily, parts, utc, video, videos } from './testing/build-content.ts'

/** Of the week that begins on Monday, 2 November 2026, unless told otherwise. */
function warningsOf(
  given: Partial<PlayableContent>,
  code: RotationWarning['code'],
  [from, to] = ['2026-11-02', '2026-11-09'],
): RotationWarning[] {
  const timeline = rotationTimeline(content(given), { from: utc(from), to: utc(to) })
  if (timeline.kind !== 'timeline') throw new Error(timeline.kind)
  return timeline.warnings.filter((warning) => warning.code === code)
}

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const part = (from: string, to: string, given: Partial<DayPart> = {}): DayPart => ({
  weekdays: EVERY_DAY,
  from,
  to,
  videoIds: [1],
  ...given,
})

describe('a schedule that has nothing to play', () => {
  const code = 'NOTHING_TO_PLAY'
  const nothing = (given: Partial<PlayableContent>, span?: [string, string]) =>
    warningsOf(given, code, span).map(({ scheduleId, videoIds, message }) => ({
      scheduleId,
      videoIds,
      why: /: (.+)\. What/.exec(message)?.[1],
    }))
  const removed = 'its videos were all removed'
  const notNow = 'its videos are not ready, outside their windows, or were removed'

  test('is named when its last video was removed, whatever its rank', () => {
    const schedules = [
      daily('09:00', { id: 1 }),
      daily('09:00', { id: 2, priority: 5, videoSequence: [8, 9, 8] }),
      cron('0 9 * * *', { id: 3, priority: 1, videoSequence: [8, 2] }),
    ]
    expect(warningsOf({ schedules }, code)).toEqual([
      {
        code,
        at: null,
        scheduleId: 2,
        videoIds: [],
        message:
          'This schedule has nothing to play: its videos were all removed. What comes after it decides.',
      },
    ])
  })

  test('is named when its videos are there and can’t play in the span', () => {
    const given = {
      videos: [
        video(1, { isReady: false }),
        video(2, { from: '2026-11-09' }),
        video(3, { to: '2026-11-02' }),
        video(4),
      ],
      schedules: [daily('09:00', { videoSequence: [3, 1, 2, 9] })],
    }
    expect(nothing(given)).toEqual([{ scheduleId: 1, videoIds: [1, 2, 3], why: notNow }])
    expect(nothing(given, ['2026-11-02', '2026-11-10'])).toEqual([])
    expect(nothing(given, ['2026-11-01', '2026-11-03'])).toEqual([])
  })

  test('is no matter while it is paused', () => {
    expect(nothing({ schedules: [daily('09:00', { isActive: false, videoSequence: [9] })] })).toEqual([])
  })

  test('may be a schedule without any video at all', () => {
    expect(nothing({ schedules: [daily('09:00', { videoSequence: [] })] })).toEqual([
      { scheduleId: 1, videoIds: [], why: removed },
    ])
  })

  test('may be one of its day parts, which is named by its hours', () => {
    const schedules = [
      parts([part('08:00', '12:00'), part('12:00', '18:30:00', { videoIds: [9] })], { id: 4 }),
    ]
    expect(warningsOf({ schedules }, code).map(({ scheduleId, message }) => [scheduleId, message])).toEqual([
      [
        4,
        'The day part 12:00 to 18:30 of this schedule has nothing to play: its videos were all removed. What comes after it decides.',
      ],
    ])
  })

  test('is said once when that is so of all of its day parts', () => {
    const schedules = [
      parts([part('08:00', '12:00', { videoIds: [8] }), part('12:00', '18:00', { videoIds: [9] })]),
    ]
    expect(nothing({ schedules })).toEqual([{ scheduleId: 1, videoIds: [], why: removed }])
  })
})

describe('a schedule that never decides', () => {
  const code = 'NEVER_WINS'
  const never = (given: Partial<PlayableContent>, span?: [string, string]) =>
    warningsOf(given, code, span).map(({ scheduleId, message }) => [
      scheduleId,
      /: (.+) always go first\.$/.exec(message)?.[1],
    ])
  const base = daily('09:00', { id: 1 })
  const rule = (given = {}) => daily('10:00', { id: 2, priority: 1, ...given })

  test('is named with what goes before it: schedules of a higher rank', () => {
    expect(never({ schedules: [base, rule()] })).toEqual([[1, 'schedules of a higher rank']])
    expect(warningsOf({ schedules: [base, rule()] }, code)).toEqual([
      {
        code,
        at: null,
        scheduleId: 1,
        videoIds: [],
        message: 'This schedule never decides in this span: schedules of a higher rank always go first.',
      },
    ])
  })

  test('is one of the same priority that is older or begins sooner, too', () => {
    expect(never({ schedules: [rule({ id: 3 }), rule({ id: 2 })] })).toEqual([
      [3, 'schedules of a higher rank'],
    ])
    expect(never({ schedules: [rule({ id: 2 }), rule({ id: 3, startsOn: '2026-10-01' })] })).toEqual([
      [2, 'schedules of a higher rank'],
    ])
  })

  test('is not one that decides at some time of the span', () => {
    expect(never({ schedules: [base, rule({ endsOn: '2026-11-08' })] })).toEqual([
      [1, 'schedules of a higher rank'],
    ])
    expect(never({ schedules: [base, rule({ endsOn: '2026-11-07' })] })).toEqual([])
    expect(never({ schedules: [base, rule({ exceptedDates: ['2026-11-04'] })] })).toEqual([])
    expect(never({ schedules: [base, parts([part('08:00', '12:00')], { id: 2, priority: 1 })] })).toEqual([])
  })

  test('is not one that does not apply in the span, is paused, or has nothing to play', () => {
    const others = [rule({ priority: 9, id: 9 })]
    expect(never({ schedules: [...others, daily('09:00', { startsOn: '2026-11-09' })] })).toEqual([])
    expect(never({ schedules: [...others, daily('09:00', { endsOn: '2026-11-01' })] })).toEqual([])
    expect(never({ schedules: [...others, daily('09:00', { isActive: false })] })).toEqual([])
    expect(never({ schedules: [...others, daily('09:00', { videoSequence: [8] })] })).toEqual([])
    const onSundays = parts([part('08:00', '12:00', { weekdays: [7] })])
    expect(never({ schedules: [...others, onSundays] }, ['2026-11-02', '2026-11-08'])).toEqual([])
    expect(never({ schedules: [...others, onSundays] })).toEqual([[1, 'schedules of a higher rank']])
  })

  test('is hidden by an activated video, and by windows', () => {
    const windowed = [...videos(1, 2, 3), video(4, { from: '2026-11-01', to: '2026-12-01' })]
    expect(never({ schedules: [base], videos: windowed })).toEqual([[1, 'videos in their own windows']])
    expect(never({ schedules: [base], videos: windowed }, ['2026-11-30', '2026-12-02'])).toEqual([])
    const takeover = { videoId: 3, since: utc('2026-11-01T23:00') }
    const monthly = daily('09:00', { rotationType: 'DAY_OF_MONTH', dayOfMonth: 28 })
    expect(never({ schedules: [monthly], takeover })).toEqual([[1, 'the activated video']])
    expect(never({ schedules: [monthly], takeover }, ['2026-11-02', '2026-11-29'])).toEqual([])
  })

  test('may be hidden by several, one after the other', () => {
    const half = [...videos(1, 2, 3), video(4, { from: '2026-11-01', to: '2026-11-05' })]
    expect(never({ schedules: [base, rule()], videos: half })).toEqual([
      [1, 'videos in their own windows and schedules of a higher rank'],
    ])
  })

  test('is still named when its own video plays in its own window', () => {
    const own = [video(1, { from: '2026-11-01', to: '2026-12-01' })]
    expect(never({ schedules: [daily('09:00', { videoSequence: [1] })], videos: own })).toEqual([
      [1, 'videos in their own windows'],
    ])
  })
})

describe('day parts that are open at once', () => {
  const code = 'DAY_PARTS_OVERLAP'
  const overlaps = (dayParts: DayPart[], given = {}, span?: [string, string]) =>
    warningsOf({ schedules: [parts(dayParts, given)] }, code, span).map(({ at }) =>
      at?.toISOString().slice(0, '2026-11-05T09:00'.length),
    )

  test('are named with their hours, from when on they first are', () => {
    const dayParts = [
      part('08:00', '12:00', { weekdays: [3, 4] }),
      part('10:00', '14:00', { weekdays: [4, 5] }),
    ]
    expect(warningsOf({ schedules: [parts(dayParts, { id: 7 })] }, code)).toEqual([
      {
        code,
        at: utc('2026-11-05T10:00'),
        scheduleId: 7,
        videoIds: [],
        message:
          'Two of its day parts are open at once, 08:00 to 12:00 and 10:00 to 14:00: the one that begins later plays, and of two that begin together the one that is listed first.',
      },
    ])
  })

  test('are not those that follow each other, or are on other days', () => {
    expect(overlaps([part('08:00', '12:00'), part('12:00', '14:00')])).toEqual([])
    expect(
      overlaps([part('08:00', '12:00', { weekdays: [1] }), part('08:00', '12:00', { weekdays: [2] })]),
    ).toEqual([])
  })

  test('may be within each other, begin together, or be the same', () => {
    expect(overlaps([part('08:00', '20:00'), part('12:00', '14:00')])).toEqual(['2026-11-02T12:00'])
    expect(overlaps([part('08:00', '20:00'), part('08:00', '09:00')])).toEqual(['2026-11-02T08:00'])
    expect(overlaps([part('08:00', '09:00'), part('08:00', '09:00')])).toEqual(['2026-11-02T08:00'])
  })

  test('are each two of them once', () => {
    const three = [part('08:00', '12:00'), part('09:00', '13:00'), part('10:00', '14:00')]
    expect(overlaps(three)).toEqual(['2026-11-02T09:00', '2026-11-02T10:00', '2026-11-02T10:00'])
  })

  test('may meet after midnight, either way round', () => {
    const night = part('22:00', '06:00', { weekdays: [5] })
    const morning = part('05:00', '09:00', { weekdays: [6] })
    expect(overlaps([night, morning])).toEqual(['2026-11-07T05:00'])
    expect(overlaps([morning, night])).toEqual(['2026-11-07T05:00'])
    expect(overlaps([night, part('06:00', '09:00', { weekdays: [6] })])).toEqual([])
    expect(
      overlaps([part('10:00', '10:00', { weekdays: [1] }), part('09:00', '10:00', { weekdays: [2] })]),
    ).toEqual(['2026-11-03T09:00'])
  })

  test('over the end of the week', () => {
    const dayParts = [part('22:00', '06:00', { weekdays: [7] }), part('05:00', '09:00', { weekdays: [1] })]
    expect(overlaps(dayParts)).toEqual(['2026-11-02T05:00'])
    expect(overlaps(dayParts, {}, ['2026-11-02T06:00', '2026-11-09T06:00'])).toEqual(['2026-11-09T05:00'])
  })

  test('are so within the span only, and on days that the schedule applies on', () => {
    const dayParts = [part('08:00', '12:00'), part('10:00', '14:00')]
    expect(overlaps(dayParts, {}, ['2026-11-02T11:00', '2026-11-02T13:00'])).toEqual(['2026-11-02T11:00'])
    expect(overlaps(dayParts, {}, ['2026-11-02T12:00', '2026-11-03T10:00'])).toEqual([])
    expect(overlaps(dayParts, { startsOn: '2026-11-04' })).toEqual(['2026-11-04T10:00'])
    expect(overlaps(dayParts, { endsOn: '2026-11-01' })).toEqual([])
    expect(overlaps(dayParts, { exceptedDates: ['2026-11-02', '2026-11-03'] })).toEqual(['2026-11-04T10:00'])
    expect(overlaps(dayParts, { isActive: false })).toEqual([])
  })

  test('are told in the schedule’s own time', () => {
    const dayParts = [part('08:00', '12:00'), part('10:00', '14:00')]
    expect(overlaps(dayParts, { timeZone: 'Asia/Tokyo' })).toEqual(['2026-11-02T01:00'])
    expect(overlaps(dayParts, { timeZone: 'America/New_York' })).toEqual(['2026-11-02T15:00'])
  })

  test('cost little, however many they are and however long the span', () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      part('08:00', '12:00', { weekdays: [1 + (index % 7)], videoIds: [1 + (index % 3)] }),
    )
    const excepted = Array.from({ length: 400 }, (_, day) =>
      new Date(utc('2026-11-02').getTime() + day * 86_400_000).toISOString().slice(0, 10),
    )
    const began = performance.now()
    expect(overlaps(many, { exceptedDates: excepted }, ['2026-11-02', '2027-12-01'])).toEqual([])
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})

test('warnings are machine-readable, and the first hundred are told', () => {
  const many = Array.from({ length: 50 }, () => part('08:00', '12:00'))
  const found = warningsOf({ schedules: [parts(many)] }, 'DAY_PARTS_OVERLAP')
  expect(found).toHaveLength(100)
})
