import type { ActiveVideoRule } from './plan.ts'
import type { Candidate, PlayableContent } from './playable-content.ts'
import { resolveActiveVideo } from './resolve-active-video.ts'
import { videosOf } from './schedule.ts'
import { isInWindow } from './windows.ts'

/** Why a video plays, or does not. */
type CandidateReason = 'WINS' | 'NOT_READY' | 'OUTSIDE_WINDOW' | 'OUTRANKED' | 'REMOVED'

export interface Explanation {
  readonly at: Date
  readonly videoId: number | null
  readonly rule: ActiveVideoRule
  /** The schedule that decided, under the rule ROTATION. */
  readonly scheduleId: number | null
  /** When another video or rule takes over; null when none is to come. */
  readonly validUntil: Date | null
  /** Every video of the content, and those removed ones that a schedule or a takeover still names. */
  readonly candidates: readonly ExplainedCandidate[]
}

export interface ExplainedCandidate {
  readonly videoId: number
  readonly eligible: boolean
  readonly reason: CandidateReason
}

/** Says which video plays at an instant, by which rule, and why each other one does not. */
export function explainActiveVideo(content: PlayableContent, at: Date): Explanation {
  const { videoId, rule, scheduleId, nextChangeAt } = resolveActiveVideo(content, at)
  const candidates = content.videos.map((video) => {
    const reason = video.id === videoId ? 'WINS' : reasonAgainst(video, at)
    return { videoId: video.id, eligible: reason === 'WINS' || reason === 'OUTRANKED', reason }
  })
  const removed = removedVideos(content).map(
    (id) => ({ videoId: id, eligible: false, reason: 'REMOVED' }) as const,
  )
  return { at, videoId, rule, scheduleId, validUntil: nextChangeAt, candidates: [...candidates, ...removed] }
}

function reasonAgainst(video: Candidate, at: Date): CandidateReason {
  if (!video.isReady) return 'NOT_READY'
  return isInWindow(video, at.getTime()) ? 'OUTRANKED' : 'OUTSIDE_WINDOW'
}

function removedVideos({ videos, schedules, takeover }: PlayableContent): number[] {
  const present = new Set(videos.map(({ id }) => id))
  const named = [...schedules.flatMap(videosOf), ...(takeover ? [takeover.videoId] : [])]
  return [...new Set(named)].filter((id) => !present.has(id))
}
