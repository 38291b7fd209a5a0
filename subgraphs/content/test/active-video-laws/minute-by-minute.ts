import { Cron } from 'croner'
import type { Candidate, PlayableContent } from '../../src/active-video/rules/playable-content.ts'
import type { DayPart, Schedule } from '../../src/active-video/rules/schedule.ts'
import type { Period } from './any-content.ts'

/*
 * The rules again, in the plainest way there is: clocks are read minute by minute, everything that happens is noted,
 * and nothing is counted, skipped or calculated. It knows nothing of the code it judges.
 */

const MINUTE = 60_000
const DAY = 24 * 60

/** What plays in a minute, as `video rule schedule`. */
export type Played = string

/** What clocks of a zone show at each minute of a period, in minutes since 1970. */
export function readClocks(zone: string, { from, to }: Period): number[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  })
  const walls: number[] = []
  for (let at = from.getTime(); at <= to.getTime(); at += MINUTE) {
    const [, day, month, year, hour, minute] =
      /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(format.format(at))?.map(Number) ?? []
    walls.push(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute) / MINUTE)
  }
  return walls
}

/** @param clocks of every schedule's zone, which for this are all the same */
export function playMinuteByMinute(
  content: PlayableContent,
  period: Period,
  clocks: readonly number[],
): Played[] {
  const rotation = content.schedules
    .filter((schedule) => schedule.isActive && namesReadyVideo(schedule, content.videos))
    .toSorted((a, b) => b.priority - a.priority || compare(b.startsOn, a.startsOn) || a.id - b.id)
    .map((schedule) => ({ schedule, turns: turnsByMinute(schedule, content.timeZone, period, clocks) }))
  let isTakenOver = content.takeover !== null
  let before: string | undefined
  return clocks.map((_wall, minute) => {
    const at = period.from.getTime() + minute * MINUTE
    const applying = rotation.flatMap(({ schedule, turns }) => {
      const turn = turns[minute]
      return turn ? [{ scheduleId: schedule.id, turn }] : []
    })
    const boundary = applying[0] ? `${applying[0].scheduleId} ${applying[0].turn.name}` : 'none'
    const isLater = content.takeover !== null && at > content.takeover.since.getTime()
    if (isLater && before !== boundary) isTakenOver = false
    if (endsByWindow(content, at)) isTakenOver = false
    before = boundary
    return decide(content, isTakenOver, applying, at)
  })
}

function decide(
  { videos, takeover }: PlayableContent,
  isTakenOver: boolean,
  applying: readonly { scheduleId: number; turn: TurnOfMinute }[],
  at: number,
): Played {
  const mayPlay = videos.filter(
    ({ isReady, scheduleStart, scheduleEnd }) =>
      isReady && at >= (scheduleStart?.getTime() ?? -Infinity) && at < (scheduleEnd?.getTime() ?? Infinity),
  )
  const ids = new Set(mayPlay.map(({ id }) => id))
  if (isTakenOver && takeover && ids.has(takeover.videoId)) return `${takeover.videoId} MANUAL`
  let best: Candidate | undefined
  for (const video of mayPlay) {
    if (video.scheduleStart === null && video.scheduleEnd === null) continue
    const isLater = Number(video.scheduleStart ?? -Infinity) > Number(best?.scheduleStart ?? -Infinity)
    if (best === undefined || isLater) best = video
  }
  if (best) return `${best.id} WINDOW`
  for (const { scheduleId, turn } of applying) {
    for (let step = 0; step < turn.videoIds.length; step++) {
      const id = turn.videoIds[(turn.count + step) % turn.videoIds.length]
      if (id !== undefined && ids.has(id)) return `${id} ROTATION ${scheduleId}`
    }
  }
  const [first] = mayPlay.toSorted((a, b) => a.rotationOrder - b.rotationOrder || a.id - b.id)
  return first ? `${first.id} DEFAULT` : 'null NONE'
}

function endsByWindow({ videos, takeover }: PlayableContent, at: number): boolean {
  return videos.some(({ id, isReady, scheduleStart, scheduleEnd }) =>
    id === takeover?.videoId
      ? scheduleEnd !== null && at >= scheduleEnd.getTime()
      : isReady &&
        scheduleStart !== null &&
        at >= scheduleStart.getTime() &&
        scheduleStart > (takeover?.since ?? 0),
  )
}

interface TurnOfMinute {
  /** Changes when the turn does. */
  readonly name: string
  readonly videoIds: readonly number[]
  readonly count: number
}

function turnsByMinute(
  schedule: Schedule,
  companyZone: string,
  period: Period,
  clocks: readonly number[],
): (TurnOfMinute | null)[] {
  if (schedule.rotationType === 'DAY_PARTS') return dayPartsByMinute(schedule, clocks)
  const fired = new Set(firingMinutes(schedule, schedule.timeZone ?? companyZone, period, clocks))
  const first = clocks.findIndex((wall) => schedule.startsOn === null || dateOf(wall) >= schedule.startsOn)
  let count = schedule.anchorIndex
  return clocks.map((wall, minute) => {
    if (fired.has(minute) && minute > Math.max(0, first)) count++
    return applies(schedule, dateOf(wall))
      ? { name: String(count), videoIds: schedule.videoSequence, count }
      : null
  })
}

/** The minutes in which a schedule fires: the first in which clocks show its time or a later one. */
function firingMinutes(
  schedule: Schedule,
  zone: string,
  period: Period,
  clocks: readonly number[],
): number[] {
  if (schedule.rotationType === 'CRON') return cronMinutes(schedule, zone, period)
  const days = [...new Set(clocks.map((wall) => Math.floor(wall / DAY)))]
  return days.flatMap((day) => {
    if (!isDayOf(schedule, day)) return []
    const minute = firstMinute(clocks, day * DAY + minutesOf(schedule.timeOfDay ?? ''))
    return minute === null ? [] : [minute]
  })
}

function cronMinutes({ cronExpression }: Schedule, timezone: string, { from, to }: Period): number[] {
  const cron = new Cron(cronExpression ?? '', { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard' })
  const minutes: number[] = []
  let run = cron.nextRun(from)
  while (run !== null && run <= to) {
    minutes.push((run.getTime() - from.getTime()) / MINUTE)
    run = cron.nextRun(run)
  }
  return minutes
}

function isDayOf({ rotationType, dayOfWeek, dayOfMonth }: Schedule, day: number): boolean {
  const date = new Date(day * DAY * MINUTE)
  if (rotationType === 'DAY_OF_WEEK') return date.getUTCDay() === (dayOfWeek ?? 0) % 7
  if (rotationType !== 'DAY_OF_MONTH') return true
  const isLastDay = new Date((day + 1) * DAY * MINUTE).getUTCDate() === 1
  return date.getUTCDate() === dayOfMonth || (isLastDay && date.getUTCDate() < (dayOfMonth ?? 0))
}

function dayPartsByMinute(schedule: Schedule, clocks: readonly number[]): (TurnOfMinute | null)[] {
  const openings = schedule.dayParts.flatMap((part, index) =>
    openingsOf(part, clocks).map((opening, count) => ({ ...opening, part, index, count })),
  )
  const begins = Math.max(
    0,
    clocks.findIndex((wall) => dateOf(wall) >= (schedule.startsOn ?? '')),
  )
  return clocks.map((_wall, minute) => {
    const open = openings
      .filter(({ from, to, day }) => from <= minute && minute < to && applies(schedule, dateOf(day * DAY)))
      .toSorted((a, b) => b.from - a.from || a.index - b.index)[0]
    if (!open) return null
    // What the part was open for before the date range, and before the period, doesn't count.
    const skipped = openings.filter(({ index, to }) => index === open.index && to <= begins).length
    return {
      name: `${open.index} ${open.day}`,
      videoIds: open.part.videoIds,
      count: open.count - skipped,
    }
  })
}

/** The openings of a part that touch the period, whether the schedule applies or not. */
function openingsOf({ weekdays, from, to }: DayPart, clocks: readonly number[]) {
  const days = [...new Set(clocks.map((wall) => Math.floor(wall / DAY)))]
  const [first = 0] = days
  return [first - 1, ...days].flatMap((day) => {
    const weekday = new Date(day * DAY * MINUTE).getUTCDay() || 7
    const isNextDay = minutesOf(to) <= minutesOf(from)
    const opens = day < first ? -1 : firstMinute(clocks, day * DAY + minutesOf(from))
    const closes = firstMinute(clocks, (isNextDay ? day + 1 : day) * DAY + minutesOf(to)) ?? Infinity
    const isOpen = opens !== null && opens < closes && closes > 0
    return weekdays.includes(weekday) && isOpen ? [{ day, from: opens, to: closes }] : []
  })
}

function applies({ startsOn, endsOn, exceptedDates }: Schedule, date: string): boolean {
  return (
    (startsOn === null || startsOn <= date) &&
    (endsOn === null || date <= endsOn) &&
    !exceptedDates.includes(date)
  )
}

/** The first minute in which clocks show the wall time or a later one; null when they don't in the period. */
function firstMinute(clocks: readonly number[], wall: number): number | null {
  const minute = clocks.findIndex((shown) => shown >= wall)
  return minute === -1 ? null : minute
}

function namesReadyVideo({ rotationType, dayParts, videoSequence }: Schedule, videos: readonly Candidate[]) {
  const ids = rotationType === 'DAY_PARTS' ? dayParts.flatMap(({ videoIds }) => videoIds) : videoSequence
  return videos.some(({ id, isReady }) => isReady && ids.includes(id))
}

const dates = new Map<number, string>()

function dateOf(wall: number): string {
  const day = Math.floor(wall / DAY)
  const date = dates.get(day) ?? new Date(day * DAY * MINUTE).toISOString().slice(0, 10)
  dates.set(day, date)
  return date
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

function compare(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0
}
