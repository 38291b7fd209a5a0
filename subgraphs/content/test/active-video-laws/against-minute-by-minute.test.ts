import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planFor } from '../../src/active-video/rules/plan.ts'
import { resolveActiveVideo } from '../../src/active-video/rules/resolve-active-video.ts'
import { anyContent, runs, TRANSITIONS } from './any-content.ts'
import { type Played, playMinuteByMinute, readClocks } from './minute-by-minute.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe.each(TRANSITIONS)('around $day in $zone', ({ zone, day }) => {
  const noon = Date.parse(`${day}T12:00:00Z`)
  const period = { from: new Date(noon - 42 * HOUR), to: new Date(noon + 42 * HOUR) }
  const clocks = readClocks(zone, period)
  const instantOf = (minute: number) => new Date(period.from.getTime() + minute * MINUTE)

  test('what plays in each minute, and until when, is what a look at each minute finds', () => {
    fc.assert(
      fc.property(anyContent(period, zone), fc.nat({ max: clocks.length - 1 }), (content, someMinute) => {
        const expected = playMinuteByMinute(content, period, clocks)
        const plan = planFor(content)
        // Nobody asks what played before somebody took over.
        const start = content.takeover ? minuteOf(content.takeover.since, period.from) : 0
        const played = clocks.map((_wall, minute) => {
          const { videoId, rule, scheduleId } = plan.decide(instantOf(minute).getTime())
          return `${videoId} ${rule}${scheduleId === null ? '' : ` ${scheduleId}`}`
        })
        expect(changesOf(played, start)).toEqual(changesOf(expected, start))

        const minute = Math.max(start, someMinute)
        const change = expected.findIndex(
          (then, index) => index > minute && !isSameVideoAndRule(then, expected[minute]),
        )
        const { nextChangeAt } = resolveActiveVideo(content, instantOf(minute))
        if (change !== -1) expect(nextChangeAt).toEqual(instantOf(change))
        else expect(Number(nextChangeAt ?? Infinity)).toBeGreaterThan(period.to.getTime())
      }),
      runs(15),
    )
  })
})

/** Each change as `minute: what plays from then on`, so that a failure can be read. */
function changesOf(played: readonly Played[], start: number): string[] {
  return played.flatMap((now, minute) =>
    minute >= start && (minute === start || now !== played[minute - 1]) ? [`${minute}: ${now}`] : [],
  )
}

function isSameVideoAndRule(one: Played, other: Played | undefined): boolean {
  const [video, rule] = one.split(' ')
  return other === `${video} ${rule}` || (other?.startsWith(`${video} ${rule} `) ?? false)
}

function minuteOf(instant: Date, from: Date): number {
  return (instant.getTime() - from.getTime()) / MINUTE
}
