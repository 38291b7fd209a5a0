import type { ActiveVideoRule, Decision } from './plan.ts'
import type { PlayableContent, Takeover } from './playable-content.ts'
import { type ActiveVideo, resolveActiveVideo } from './resolve-active-video.ts'
import { earliest } from './rotation.ts'
import type { Schedule } from './schedule.ts'
import { type TakeoverEnd } from './takeover.ts'
import { turnsOfSchedule } from './turns-of-schedule.ts'

/** What was decided when it was last written down. */
export interface StoredChoice {
  readonly videoId: number | null
  readonly rule: ActiveVideoRule
  readonly nextChangeAt: Date | null
}

/** Why time alone brought another video. */
type ChangeReason = TakeoverEnd['reason']

/** What is to be written down. */
export interface Advance {
  readonly activeVideo: ActiveVideo
  /** Null when nobody took over, or when that is over. */
  readonly takeover: Takeover | null
  readonly schedules: readonly ScheduleProgress[]
  /** Null when the same video plays on, or none. */
  readonly change: {
    readonly videoId: number | null
    readonly previousVideoId: number | null
    readonly reason: ChangeReason
  } | null
}

/** Where a schedule stands: its checkpoint, and what people are told of it. */
export interface ScheduleProgress {
  readonly id: number
  readonly anchorAt: Date
  readonly anchorIndex: number
  readonly currentIndex: number
  /** Null when there was no boundary since the checkpoint: what was known before stays. */
  readonly lastRotationAt: Date | null
  readonly nextRotationAt: Date | null
}

/**
 * Brings what is stored up to an instant in one step, however many boundaries lie between. Doing so again, or having
 * done so at any of the boundaries, makes no difference to what plays.
 */
export function advanceActiveVideo(content: PlayableContent, stored: StoredChoice, instant: Date): Advance {
  const activeVideo = resolveActiveVideo(content, instant)
  const { videoId } = activeVideo
  const { videoId: previousVideoId } = stored
  return {
    activeVideo,
    takeover: activeVideo.takeoverEnd ? null : content.takeover,
    schedules: content.schedules.map((schedule) => scheduleProgress(schedule, content.timeZone, instant)),
    change:
      videoId === previousVideoId
        ? null
        : { videoId, previousVideoId, reason: reasonOf(content, stored, activeVideo) },
  }
}

/** @param companyZone the time zone of a schedule that has none of its own */
export function scheduleProgress(schedule: Schedule, companyZone: string, instant: Date): ScheduleProgress {
  const { id, anchorAt, anchorIndex } = schedule
  if (!schedule.isActive) {
    return {
      id,
      anchorAt,
      anchorIndex,
      currentIndex: anchorIndex,
      lastRotationAt: null,
      nextRotationAt: null,
    }
  }
  const turns = turnsOfSchedule(schedule, companyZone)
  const checkpoint = turns.checkpoint(instant.getTime())
  const next = earliest([turns.nextBoundary(instant.getTime()), turns.nextEdge(instant.getTime())])
  return {
    id,
    anchorAt: new Date(checkpoint.anchorAt),
    anchorIndex: checkpoint.anchorIndex,
    currentIndex: checkpoint.index,
    lastRotationAt: checkpoint.lastBoundaryAt === null ? null : new Date(checkpoint.lastBoundaryAt),
    nextRotationAt: next === null ? null : new Date(next),
  }
}

function reasonOf(
  { videos }: PlayableContent,
  before: StoredChoice,
  now: Decision & Pick<ActiveVideo, 'takeoverEnd'>,
): ChangeReason {
  const opened = videos.find(({ id }) => id === now.videoId)?.scheduleStart ?? null
  if (now.rule === 'WINDOW' && opened && before.nextChangeAt && opened >= before.nextChangeAt) {
    return 'WINDOW_OPENED'
  }
  if (before.rule === 'MANUAL' && now.takeoverEnd) return now.takeoverEnd
  // A rotation hands over at boundaries only, and only its turns change without a window.
  const isOfRotation = before.rule === 'ROTATION' || (now.rule === 'ROTATION' && before.rule !== 'WINDOW')
  return isOfRotation && now.rule !== 'WINDOW' ? 'BOUNDARY' : 'WINDOW_CLOSED'
}
