import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advanceActiveVideo, scheduleProgress } from '../../src/active-video/rules/advance-active-video.ts'
import type { PlayableContent } from '../../src/active-video/rules/playable-content.ts'
import { resolveActiveVideo } from '../../src/active-video/rules/resolve-active-video.ts'
import { rotationTimeline } from '../../src/active-video/rules/rotation-timeline.ts'
import { anyContent, anyInstants, runs } from './any-content.ts'

const HOUR = 3_600_000
/** Has the transitions of both half-years. */
const YEAR = { from: new Date('2026-09-15T00:00:00Z'), to: new Date('2027-09-15T00:00:00Z') }
const MONTH = { from: new Date('2027-03-10T00:00:00Z'), to: new Date('2027-04-10T00:00:00Z') }

/** What the worker leaves behind at an instant. */
function materialised(content: PlayableContent, instant: Date): PlayableContent {
  const active = resolveActiveVideo(content, instant)
  const { takeover, schedules } = advanceActiveVideo(content, active, instant)
  return {
    ...content,
    takeover,
    schedules: content.schedules.map((schedule, index) => {
      const progress = schedules[index]
      if (!progress) throw new Error('each schedule has its progress')
      return { ...schedule, anchorAt: progress.anchorAt, anchorIndex: progress.anchorIndex }
    }),
  }
}

/** What plays, until when, and where the schedules stand. */
function stateAt(content: PlayableContent, instant: Date) {
  const { videoId, rule, scheduleId, nextChangeAt } = resolveActiveVideo(content, instant)
  const progress = content.schedules.map((schedule) => {
    const { currentIndex, nextRotationAt } = scheduleProgress(schedule, content.timeZone, instant)
    return { currentIndex, nextRotationAt }
  })
  return { videoId, rule, scheduleId, nextChangeAt, progress }
}

describe('for any content', () => {
  test('what plays does not depend on which boundaries were written down, and which were missed', () => {
    fc.assert(
      fc.property(anyContent(YEAR), anyInstants(YEAR, 12), (content, ticks) => {
        let stored = content
        for (const tick of ticks) stored = materialised(stored, tick)
        const end = ticks.at(-1) ?? YEAR.from
        expect(stateAt(stored, end)).toEqual(stateAt(content, end))
        expect(stateAt(stored, YEAR.to)).toEqual(stateAt(content, YEAR.to))
      }),
      runs(150),
    )
  })

  test('a worker that wakes at every change ends where one ends that slept through all of them', () => {
    fc.assert(
      fc.property(anyContent(MONTH), (content) => {
        let stored = content
        let next: Date | null = MONTH.from
        for (let wakes = 0; next !== null && next < MONTH.to && wakes < 100; wakes++) {
          stored = materialised(stored, next)
          const slept = stateAt(content, next)
          expect(stateAt(stored, next)).toEqual(slept)
          next = slept.nextChangeAt
        }
      }),
      runs(60),
    )
  })

  test('the next boundary and the next change are later than now', () => {
    fc.assert(
      fc.property(anyContent(YEAR), anyInstants(YEAR, 3), (content, instants) => {
        for (const instant of instants) {
          const { nextChangeAt, progress } = stateAt(content, instant)
          const later = [nextChangeAt, ...progress.map(({ nextRotationAt }) => nextRotationAt)]
          for (const each of later) expect(Number(each ?? Infinity)).toBeGreaterThan(instant.getTime())
        }
      }),
      runs(150),
    )
  })

  test('the timeline of a span is those of its two parts joined', () => {
    fc.assert(
      fc.property(anyContent(MONTH), anyInstants(MONTH, 3), (content, instants) => {
        const [from = MONTH.from, middle = MONTH.from, to = MONTH.from] = instants
        if (from >= middle || middle >= to) return
        const [first = [], second = [], whole] = [
          { from, to: middle },
          { from: middle, to },
          { from, to },
        ].map((span) => entriesOf(content, span))
        if (whole === undefined) return
        const [last, next] = [first.at(-1), second[0]]
        if (!last || !next) throw new Error('a timeline has entries')
        const goesOn =
          last.videoId === next.videoId && last.rule === next.rule && last.scheduleId === next.scheduleId
        const joined = goesOn
          ? [...first.slice(0, -1), { ...last, to: next.to }, ...second.slice(1)]
          : [...first, ...second]
        expect(joined).toEqual(whole)
      }),
      runs(100),
    )
  })

  test('a timeline says of each of its instants what is decided then', () => {
    fc.assert(
      fc.property(anyContent(MONTH), anyInstants(MONTH, 5), (content, instants) => {
        const entries = entriesOf(content, MONTH) ?? []
        for (const instant of instants.filter((each) => each < MONTH.to && entries.length > 0)) {
          const { videoId, rule, scheduleId } = resolveActiveVideo(content, instant)
          const entry = entries.find(({ from, to }) => from <= instant && instant < to)
          expect(entry).toMatchObject({ videoId, rule, scheduleId })
        }
      }),
      runs(60),
    )
  })
})

function entriesOf(content: PlayableContent, span: { from: Date; to: Date }) {
  const timeline = rotationTimeline(content, span)
  return timeline.kind === 'timeline' ? timeline.entries : undefined
}

describe('a clock that jumps by an hour, forward and back, again and again', () => {
  const SEQUENCE = Array.from({ length: 60 }, (_, index) => index + 1)
  const videos = SEQUENCE.map((id) => ({
    id,
    rotationOrder: 0,
    isReady: true,
    scheduleStart: null,
    scheduleEnd: null,
  }))
  const cron = fc.constantFrom('0 * * * *', '*/20 * * * *', '5,50 */2 * * *')
  const jumps = fc.array(fc.constantFrom(-1, 0, 1), { minLength: 20, maxLength: 80 })

  test('rotates at no boundary twice, and leaves none out', () => {
    fc.assert(
      fc.property(cron, jumps, (cronExpression, hours) => {
        const schedule = {
          ...NO_SCHEDULE,
          cronExpression,
          videoSequence: SEQUENCE,
          anchorAt: MONTH.from,
        }
        const untouched: PlayableContent = { videos, takeover: null, schedules: [schedule], timeZone: 'UTC' }
        let stored = untouched
        let active = resolveActiveVideo(stored, MONTH.from)
        let latest = MONTH.from
        for (const [step, hour] of hours.entries()) {
          const clock = new Date(MONTH.from.getTime() + step * 7 * 60_000 + (hour + 1) * HOUR)
          if (active.nextChangeAt === null || active.nextChangeAt > clock) continue
          if (clock > latest) latest = clock
          stored = materialised(stored, clock)
          active = resolveActiveVideo(stored, clock)
          // Whatever was counted is what lies before the latest time that any clock showed when it was looked at.
          expect(active.videoId).toBe(resolveActiveVideo(untouched, latest).videoId)
        }
      }),
      runs(100),
    )
  })
})

const NO_SCHEDULE = {
  id: 1,
  priority: 0,
  rotationType: 'CRON',
  timeOfDay: null,
  dayOfWeek: null,
  dayOfMonth: null,
  dayParts: [],
  timeZone: null,
  startsOn: null,
  endsOn: null,
  exceptedDates: [],
  isActive: true,
  anchorIndex: 0,
} as const
