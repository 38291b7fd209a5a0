import { nameOfPart } from './day-part-warnings.ts'
import { planFor } from './plan.ts'
import type { Candidate, PlayableContent } from './playable-content.ts'
import type { Span, TimelineEntry } from './rotation-timeline.ts'
import type { RotationWarning } from './rotation-warnings.ts'
import { type Schedule, videosOf } from './schedule.ts'

/** Schedules in force that decide nothing in a span: they have nothing to play, or others always go first. */
export function idleWarnings(
  content: PlayableContent,
  span: Span,
  entries: readonly TimelineEntry[],
): RotationWarning[] {
  const playable = new Set(content.videos.filter((video) => mayPlay(video, span)).map(({ id }) => id))
  return content.schedules
    .filter(({ isActive }) => isActive)
    .flatMap((schedule) => {
      const ids = videosOf(schedule)
      if (!ids.some((id) => playable.has(id))) return [nothingToPlay(schedule, content, ids, 'This schedule')]
      const parts = emptyParts(schedule, content, playable)
      return isOutranked(schedule, content, span, entries) ? [...parts, neverWins(schedule, entries)] : parts
    })
}

/** Whether it is ready, and its window open at some instant of the span. */
function mayPlay({ isReady, scheduleStart, scheduleEnd }: Candidate, { from, to }: Span): boolean {
  return (
    isReady && (scheduleStart === null || scheduleStart < to) && (scheduleEnd === null || from < scheduleEnd)
  )
}

function nothingToPlay(
  { id: scheduleId }: Schedule,
  { videos }: PlayableContent,
  ids: readonly number[],
  subject: string,
): RotationWarning {
  const there = videos.filter(({ id }) => ids.includes(id)).map(({ id }) => id)
  const why =
    there.length === 0
      ? 'its videos were all removed'
      : 'its videos are not ready, outside their windows, or were removed'
  const message = `${subject} has nothing to play: ${why}. What comes after it decides.`
  return { code: 'NOTHING_TO_PLAY', at: null, scheduleId, videoIds: there, message }
}

/** Day parts without a video, of a schedule that has one in others. */
function emptyParts(
  schedule: Schedule,
  content: PlayableContent,
  playable: ReadonlySet<number>,
): RotationWarning[] {
  const parts = schedule.rotationType === 'DAY_PARTS' ? schedule.dayParts : []
  return parts
    .filter(({ videoIds }) => !videoIds.some((id) => playable.has(id)))
    .map((part) =>
      nothingToPlay(schedule, content, part.videoIds, `The day part ${nameOfPart(part)} of this schedule`),
    )
}

/** A schedule that would decide at some instant of the span if it were alone, and never does as it is. */
function isOutranked(
  schedule: Schedule,
  { videos, timeZone }: PlayableContent,
  span: Span,
  entries: readonly TimelineEntry[],
): boolean {
  if (entries.some(({ scheduleId }) => scheduleId === schedule.id)) return false
  const unbound = videos.map((video) => ({
    ...video,
    isReady: mayPlay(video, span),
    scheduleStart: null,
    scheduleEnd: null,
  }))
  return everTurns({ videos: unbound, takeover: null, schedules: [schedule], timeZone }, span)
}

/** A schedule begins and ends to apply a few times in a span as a rule: after so many it is enough. */
const MAX_EDGES = 1_000

function everTurns(content: PlayableContent, { from, to }: Span): boolean {
  const plan = planFor(content)
  let at: number | null = from.getTime()
  for (let edges = 0; at !== null && at < to.getTime() && edges < MAX_EDGES; edges++) {
    const decision = plan.decide(at)
    if (decision.rule === 'ROTATION') return true
    at = plan.nextEdge(at, decision)
  }
  return false
}

const GO_FIRST = [
  ['MANUAL', 'the activated video'],
  ['WINDOW', 'videos in their own windows'],
  ['ROTATION', 'schedules of a higher rank'],
] as const

function neverWins({ id: scheduleId }: Schedule, entries: readonly TimelineEntry[]): RotationWarning {
  const others = GO_FIRST.filter(([rule]) => entries.some((entry) => entry.rule === rule))
  const names = others.map(([, name]) => name).join(' and ')
  const message = `This schedule never decides in this span: ${names} always go first.`
  return { code: 'NEVER_WINS', at: null, scheduleId, videoIds: [], message }
}
