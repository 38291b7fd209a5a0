import { clockWarnings } from './clock-warnings.ts'
import { dayPartWarnings } from './day-part-warnings.ts'
import { idleWarnings } from './idle-warnings.ts'
import type { PlayableContent } from './playable-content.ts'
import type { Span, TimelineEntry } from './rotation-timeline.ts'
import { turnsOfSchedule } from './turns-of-schedule.ts'
import { windowWarnings } from './window-warnings.ts'

type RotationWarningCode =
  | 'DST_GAP'
  | 'DST_REPEAT'
  | 'MONTH_END'
  | 'NO_VIDEO'
  | 'NEVER_FIRES'
  | 'NEVER_WINS'
  | 'NOTHING_TO_PLAY'
  | 'DAY_PARTS_OVERLAP'
  | 'WINDOWS_OVERLAP'
  | 'WINDOW_NEVER_OPENS'

/** What may surprise whoever made the schedules. */
export interface RotationWarning {
  readonly code: RotationWarningCode
  /** When it happens; null for what holds throughout. */
  readonly at: Date | null
  /** The schedule it is about; null when it is about videos. */
  readonly scheduleId: number | null
  /** The videos it is about. */
  readonly videoIds: readonly number[]
  /** A sentence for people. */
  readonly message: string
}

const MAX_WARNINGS = 100

/** The warnings of a span in order of time, those without a time first; the first hundred. */
export function rotationWarnings(
  content: PlayableContent,
  span: Span,
  entries: readonly TimelineEntry[],
): RotationWarning[] {
  const schedules = content.schedules.filter(({ isActive }) => isActive)
  const warnings = [
    ...schedules.flatMap((schedule) => {
      const zone = schedule.timeZone ?? content.timeZone
      return [...clockWarnings(schedule, zone, span), ...dayPartWarnings(schedule, zone, span)]
    }),
    ...neverFires(content, span),
    ...idleWarnings(content, span, entries),
    ...windowWarnings(content.videos, span),
    ...noVideo(entries),
  ]
  return warnings.toSorted((a, b) => timeOf(a) - timeOf(b)).slice(0, MAX_WARNINGS)
}

function neverFires({ schedules, timeZone }: PlayableContent, { from }: Span): RotationWarning[] {
  return schedules
    .filter(
      (schedule) =>
        schedule.isActive && turnsOfSchedule(schedule, timeZone).nextBoundary(from.getTime()) === null,
    )
    .map(({ id }) => ({
      code: 'NEVER_FIRES',
      at: null,
      scheduleId: id,
      videoIds: [],
      message: 'This schedule has no boundary any more: no turn of it ever changes.',
    }))
}

function noVideo(entries: readonly TimelineEntry[]): RotationWarning[] {
  return entries
    .filter(({ videoId }) => videoId === null)
    .map(({ from, to }) => ({
      code: 'NO_VIDEO',
      at: from,
      scheduleId: null,
      videoIds: [],
      message: `No video may play from ${from.toISOString()} to ${to.toISOString()}: visitors see the image.`,
    }))
}

function timeOf({ at }: RotationWarning): number {
  return at?.getTime() ?? Number.MIN_SAFE_INTEGER
}
