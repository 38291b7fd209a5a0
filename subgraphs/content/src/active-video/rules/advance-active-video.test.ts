import { Cron } from 'croner'
import { describe, expect, test, vi } from 'vitest'
import { advanceActiveVideo, type StoredChoice } from './advance-active-video.ts'
import type { PlayableContent } from './playable-content.ts'
import { resolveActiveVideo } from './resolve-active-video.ts'
import { content, cron, daily, parts, utc, video, videos } from './testing/build-content.ts'

/** What the clock finds at `to` when it last looked at `from`. */
function advance(given: PlayableContent, from: string, to: string) {
  const stored: StoredChoice = resolveActiveVideo(given, utc(from))
  return advanceActiveVideo(given, stored, utc(to))
}

describe('what is written down', () => {
  test('is the checkpoint at the last boundary, and one change however many boundaries lie between', () => {
    const given = content({ schedules: [daily('09:00')] })
    const { change, schedules, activeVideo } = advance(given, '2026-11-01', '2026-11-11T15:00')
    expect(change).toEqual({ videoId: 3, previousVideoId: 1, reason: 'BOUNDARY' })
    expect(schedules).toEqual([
      {
        id: 1,
        anchorAt: utc('2026-11-11T09:00'),
        anchorIndex: 2,
        currentIndex: 2,
        lastRotationAt: utc('2026-11-11T09:00'),
        nextRotationAt: utc('2026-11-12T09:00'),
      },
    ])
    expect(activeVideo.nextChangeAt).toEqual(utc('2026-11-12T09:00'))
  })

  test('is no change where the rotation has come round to the same video', () => {
    const given = content({ schedules: [daily('09:00')] })
    expect(advance(given, '2026-11-01', '2026-11-03T15:00').change).toBeNull()
  })

  test('leaves the checkpoint where it is as long as there was no boundary', () => {
    const given = content({ schedules: [daily('09:00', { startsOn: '2026-12-01' })] })
    expect(advance(given, '2026-11-01', '2026-11-11').schedules).toEqual([
      {
        id: 1,
        anchorAt: utc('2026-11-01'),
        anchorIndex: 0,
        currentIndex: 0,
        lastRotationAt: null,
        nextRotationAt: utc('2026-12-01'),
      },
    ])
  })

  test('has no next boundary for a schedule that is paused', () => {
    const given = content({ schedules: [daily('09:00', { isActive: false, anchorIndex: 1 })] })
    expect(advance(given, '2026-11-01', '2026-11-11').schedules[0]).toMatchObject({
      currentIndex: 1,
      nextRotationAt: null,
    })
  })

  test('keeps the anchor of day parts, and says when one opened last', () => {
    const morning = { weekdays: [4], from: '08:00', to: '10:00', videoIds: [2, 3] }
    const given = content({ schedules: [parts([morning])] })
    expect(advance(given, '2026-11-11', '2026-11-12T09:00').schedules).toEqual([
      {
        id: 1,
        anchorAt: utc('2026-11-01'),
        anchorIndex: 0,
        currentIndex: 1,
        lastRotationAt: utc('2026-11-12T08:00'),
        nextRotationAt: utc('2026-11-12T10:00'),
      },
    ])
  })

  test('forgets a takeover that is over, and keeps one that is not', () => {
    const takeover = { videoId: 2, since: utc('2026-11-05') }
    const given = content({ takeover, schedules: [daily('09:00')] })
    expect(advance(given, '2026-11-05', '2026-11-05T08:00').takeover).toEqual(takeover)
    expect(advance(given, '2026-11-05', '2026-11-05T09:00').takeover).toBeNull()
  })
})

describe('the reason for a change', () => {
  const season = video(4, { from: '2026-11-05T12:00', to: '2026-11-05T18:00' })
  const reason = (given: PlayableContent, from: string, to: string) => advance(given, from, to).change?.reason

  test('is the window that opened or closed', () => {
    const given = content({ videos: [...videos(1, 2, 3), season], schedules: [daily('15:00')] })
    expect(reason(given, '2026-11-05', '2026-11-05T12:00')).toBe('WINDOW_OPENED')
    expect(reason(given, '2026-11-05T13:00', '2026-11-05T18:00')).toBe('WINDOW_CLOSED')
  })

  test('is the boundary, whatever windows came and went meanwhile', () => {
    const given = content({ videos: [...videos(1, 2, 3), season], schedules: [daily('15:00')] })
    expect(reason(given, '2026-11-05', '2026-11-05T20:00')).toBe('BOUNDARY')
  })

  test('is the closing of one window where another was open before', () => {
    const long = video(3, { from: '2026-11-01' })
    const given = content({ videos: [video(1), long, season] })
    expect(reason(given, '2026-11-05T13:00', '2026-11-05T18:00')).toBe('WINDOW_CLOSED')
  })

  test('is what ended a takeover', () => {
    const takeover = { videoId: 1, since: utc('2026-11-05') }
    const bounded = content({
      takeover,
      videos: videos(1, 2),
      schedules: [daily('09:00', { videoSequence: [2] })],
    })
    expect(reason(bounded, '2026-11-05', '2026-11-05T09:00')).toBe('BOUNDARY')
    const windowed = content({ takeover, videos: [video(1, { to: '2026-11-06' }), video(2)] })
    expect(reason(windowed, '2026-11-05', '2026-11-06')).toBe('WINDOW_CLOSED')
    const opened = content({ takeover, videos: [...videos(1, 2), season] })
    expect(reason(opened, '2026-11-05', '2026-11-05T12:00')).toBe('WINDOW_OPENED')
  })

  test('is the boundary at which a rotation begins or ends', () => {
    const given = content({ schedules: [daily('09:00', { videoSequence: [3], endsOn: '2026-11-05' })] })
    expect(reason(given, '2026-11-05', '2026-11-06')).toBe('BOUNDARY')
    const later = content({ schedules: [daily('09:00', { videoSequence: [3], startsOn: '2026-11-05' })] })
    expect(reason(later, '2026-11-04', '2026-11-05')).toBe('BOUNDARY')
  })
})

describe('a year of downtime', () => {
  test('of a rotation at every minute is counted, not listed', () => {
    const given = content({ schedules: [cron('* * * * *', { timeZone: 'Europe/Berlin' })] })
    const { schedules, activeVideo } = advance(given, '2026-11-01', '2027-11-01')
    // 365 days of 1440 minutes, modulo three videos.
    expect(activeVideo).toMatchObject({ videoId: 1, nextChangeAt: utc('2027-11-01T00:01') })
    expect(schedules[0]).toMatchObject({ currentIndex: 0, lastRotationAt: utc('2027-11-01') })
  })

  test('of one on certain days asks croner about days, not about minutes', () => {
    const asked = [vi.spyOn(Cron.prototype, 'match'), vi.spyOn(Cron.prototype, 'nextRun')]
    const given = content({ schedules: [cron('* * 2-30 * *', { timeZone: 'Europe/Berlin' })] })
    resolveActiveVideo(given, utc('2027-11-01'))
    const calls = asked.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    vi.restoreAllMocks()
    // 365 days, a few more at the ends and where clocks are set; there are about 500,000 boundaries.
    expect(calls).toBeGreaterThan(300)
    expect(calls).toBeLessThan(400)
  })
})
