import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Candidate, PlayableContent } from './playable-content.ts'
import { resolveActiveVideo } from './resolve-active-video.ts'
import { isEligible } from './windows.ts'

const withoutSchedules = { schedules: [], timeZone: 'UTC' }
const at = (hour: number) => new Date(Date.UTC(2026, 10, 5, hour))

function video(id: number, options: Partial<Candidate> & { from?: number; to?: number } = {}): Candidate {
  const { from, to, ...given } = options
  return {
    id,
    rotationOrder: 0,
    isReady: true,
    scheduleStart: from === undefined ? null : at(from),
    scheduleEnd: to === undefined ? null : at(to),
    ...given,
  }
}

function resolve(hour: number, videos: Candidate[], takeover?: { videoId: number; since: number }) {
  const { videoId, rule, nextChangeAt } = resolveActiveVideo(
    {
      ...withoutSchedules,
      videos,
      takeover: takeover ? { videoId: takeover.videoId, since: at(takeover.since) } : null,
    },
    at(hour),
  )
  return [videoId, rule, nextChangeAt?.getUTCHours() ?? null]
}

describe('the default video', () => {
  test('is the one of the lowest rotation order', () => {
    expect(resolve(9, [video(1, { rotationOrder: 2 }), video(2, { rotationOrder: 1 })])).toEqual([
      2,
      'DEFAULT',
      null,
    ])
  })

  test('is the oldest among equals', () => {
    expect(resolve(9, [video(7), video(3), video(5)])).toEqual([3, 'DEFAULT', null])
  })

  test('is the next one when the first is not ready', () => {
    expect(resolve(9, [video(1, { isReady: false }), video(2)])).toEqual([2, 'DEFAULT', null])
  })

  test('is none when no video is ready', () => {
    expect(resolve(9, [video(1, { isReady: false })])).toEqual([null, 'NONE', null])
  })

  test('is none when there is no video', () => {
    expect(resolve(9, [])).toEqual([null, 'NONE', null])
  })
})

describe('a window', () => {
  const windowed = [video(1), video(2, { from: 12, to: 14 })]

  test('that is still closed says when it opens', () => {
    expect(resolve(9, windowed)).toEqual([1, 'DEFAULT', 12])
  })

  test('is open from its start on', () => {
    expect(resolve(12, windowed)).toEqual([2, 'WINDOW', 14])
  })

  test('is closed at its end', () => {
    expect(resolve(14, windowed)).toEqual([1, 'DEFAULT', null])
  })

  test('without an end stays open', () => {
    expect(resolve(23, [video(1), video(2, { from: 12 })])).toEqual([2, 'WINDOW', null])
  })

  test('without a start is open until its end', () => {
    expect(resolve(9, [video(1), video(2, { to: 14 })])).toEqual([2, 'WINDOW', 14])
  })

  test('that opened later goes first', () => {
    expect(resolve(12, [video(1, { from: 8, to: 20 }), video(2, { from: 10, to: 13 })])).toEqual([
      2,
      'WINDOW',
      13,
    ])
    expect(resolve(13, [video(1, { from: 8, to: 20 }), video(2, { from: 10, to: 13 })])).toEqual([
      1,
      'WINDOW',
      20,
    ])
  })

  test('that opened with another goes to the older video', () => {
    expect(resolve(12, [video(4, { from: 10 }), video(3, { from: 10 })])).toEqual([3, 'WINDOW', null])
  })

  test('with a start goes before one without', () => {
    expect(resolve(12, [video(1, { to: 20 }), video(2, { from: 1, to: 20 })])).toEqual([2, 'WINDOW', 20])
  })

  test('of a video that is not ready opens for nobody', () => {
    expect(resolve(9, [video(1), video(2, { from: 12, isReady: false })])).toEqual([1, 'DEFAULT', null])
    expect(resolve(13, [video(1), video(2, { from: 12, isReady: false })])).toEqual([1, 'DEFAULT', null])
  })

  test('that changes nothing when it opens is no change', () => {
    expect(resolve(9, [video(1, { from: 8 }), video(2, { from: 7, to: 12 })])).toEqual([1, 'WINDOW', null])
  })

  test('that is the only one leaves nothing before and after it', () => {
    expect(resolve(9, [video(1, { from: 12, to: 14 })])).toEqual([null, 'NONE', 12])
    expect(resolve(15, [video(1, { from: 12, to: 14 })])).toEqual([null, 'NONE', null])
  })
})

describe('a takeover', () => {
  test('goes before the default and before a window that is open', () => {
    expect(resolve(9, [video(1), video(2)], { videoId: 2, since: 8 })).toEqual([2, 'MANUAL', null])
    expect(resolve(13, [video(1), video(2, { from: 12 })], { videoId: 1, since: 13 })).toEqual([
      1,
      'MANUAL',
      null,
    ])
  })

  test('ends when the window of another video opens', () => {
    const videos = [video(1), video(2), video(3, { from: 12, to: 14 })]
    expect(resolve(11, videos, { videoId: 2, since: 10 })).toEqual([2, 'MANUAL', 12])
    expect(resolve(12, videos, { videoId: 2, since: 10 })).toEqual([3, 'WINDOW', 14])
    expect(resolve(14, videos, { videoId: 2, since: 10 })).toEqual([1, 'DEFAULT', null])
  })

  test('does not end when a window that was open already stays so, or closes', () => {
    const videos = [video(1), video(2, { from: 8, to: 12 })]
    expect(resolve(9, videos, { videoId: 1, since: 9 })).toEqual([1, 'MANUAL', null])
    expect(resolve(13, videos, { videoId: 1, since: 9 })).toEqual([1, 'MANUAL', null])
  })

  test('at the very instant a window opens is the later of the two', () => {
    expect(resolve(12, [video(1), video(2, { from: 12 })], { videoId: 1, since: 12 })).toEqual([
      1,
      'MANUAL',
      null,
    ])
  })

  test('does not end when the window of a video opens that is not ready', () => {
    const videos = [video(1), video(2, { from: 12, isReady: false })]
    expect(resolve(13, videos, { videoId: 1, since: 10 })).toEqual([1, 'MANUAL', null])
  })

  test('ends with its own window', () => {
    const videos = [video(1), video(2, { from: 8, to: 12 })]
    expect(resolve(9, videos, { videoId: 2, since: 9 })).toEqual([2, 'MANUAL', 12])
    expect(resolve(12, videos, { videoId: 2, since: 9 })).toEqual([1, 'DEFAULT', null])
  })

  test('of a video that is not ready, or gone, does not count', () => {
    expect(resolve(9, [video(1), video(2, { isReady: false })], { videoId: 2, since: 8 })).toEqual([
      1,
      'DEFAULT',
      null,
    ])
    expect(resolve(9, [video(1)], { videoId: 2, since: 8 })).toEqual([1, 'DEFAULT', null])
  })

  test('is over once it has ended, and not while it only waits', () => {
    const over = (hour: number, videos: Candidate[]) =>
      resolveActiveVideo({ ...withoutSchedules, videos, takeover: { videoId: 1, since: at(8) } }, at(hour))
        .takeoverEnd
    expect(over(9, [video(1), video(2, { from: 10 })])).toBe(null)
    expect(over(10, [video(1), video(2, { from: 10 })])).toBe('WINDOW_OPENED')
    expect(over(23, [video(1), video(2, { from: 10, to: 11 })])).toBe('WINDOW_OPENED')
    expect(over(12, [video(1, { to: 12 })])).toBe('WINDOW_CLOSED')
    expect(over(9, [video(1, { isReady: false })])).toBe(null)
  })
})

describe('for any content and instant', () => {
  const hour = fc.integer({ min: 0, max: 30 }).map(at)
  const anyVideo = fc.record({
    rotationOrder: fc.integer({ min: 0, max: 3 }),
    isReady: fc.boolean(),
    scheduleStart: fc.option(hour),
    scheduleEnd: fc.option(hour),
  })
  const anyContent: fc.Arbitrary<PlayableContent> = fc
    .tuple(
      fc.array(anyVideo, { maxLength: 6 }),
      fc.option(fc.record({ videoId: fc.integer({ min: 1, max: 7 }), since: hour })),
    )
    .map(([videos, takeover]) => ({
      ...withoutSchedules,
      videos: videos
        .map((each, index) => ({ ...each, id: index + 1 }))
        .filter(
          ({ scheduleStart, scheduleEnd }) => !scheduleStart || !scheduleEnd || scheduleStart < scheduleEnd,
        ),
      takeover,
    }))

  test('the winner is one of the eligible videos, and there is none only when none is eligible', () => {
    fc.assert(
      fc.property(anyContent, hour, (content, instant) => {
        const { videoId, rule } = resolveActiveVideo(content, instant)
        const eligible = content.videos.filter((each) => isEligible(each, instant)).map(({ id }) => id)
        if (eligible.length === 0) expect([videoId, rule]).toEqual([null, 'NONE'])
        else expect(eligible).toContain(videoId)
      }),
    )
  })

  test('the order in which videos are given does not matter', () => {
    fc.assert(
      fc.property(anyContent, hour, (content, instant) => {
        const reversed = { ...content, videos: content.videos.toReversed() }
        expect(resolveActiveVideo(reversed, instant)).toEqual(resolveActiveVideo(content, instant))
      }),
    )
  })

  test('nothing changes before nextChangeAt, and something does then', () => {
    fc.assert(
      fc.property(anyContent, hour, (content, instant) => {
        const now = resolveActiveVideo(content, instant)
        const end = now.nextChangeAt ?? at(40)
        expect(end.getTime()).toBeGreaterThan(instant.getTime())
        for (let time = instant.getTime(); time < end.getTime(); time += 1_800_000) {
          const { videoId, rule, nextChangeAt } = resolveActiveVideo(content, new Date(time))
          expect([videoId, rule, nextChangeAt]).toEqual([now.videoId, now.rule, now.nextChangeAt])
        }
        if (!now.nextChangeAt) return
        const then = resolveActiveVideo(content, now.nextChangeAt)
        expect([then.videoId, then.rule]).not.toEqual([now.videoId, now.rule])
      }),
    )
  })

  test('a takeover that is over never comes back', () => {
    fc.assert(
      fc.property(anyContent, hour, hour, (content, one, other) => {
        const [earlier, later] = one < other ? [one, other] : [other, one]
        if (!resolveActiveVideo(content, earlier).takeoverEnd) return
        expect(resolveActiveVideo(content, later).rule).not.toBe('MANUAL')
        expect(resolveActiveVideo({ ...content, takeover: null }, later).videoId).toBe(
          resolveActiveVideo(content, later).videoId,
        )
      }),
    )
  })
})
