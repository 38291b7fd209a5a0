/** Why a video plays, the strongest first; `NONE` when none does. ROTATION stands between WINDOW and DEFAULT. */
export type ActiveVideoRule = 'MANUAL' | 'WINDOW' | 'ROTATION' | 'DEFAULT' | 'NONE'

/** A video as far as it matters for what plays. */
export interface Candidate {
  readonly id: number
  readonly rotationOrder: number
  readonly scheduleStart: Date | null
  /** The first instant that is outside the window again. */
  readonly scheduleEnd: Date | null
  /** Whether its file can be played. */
  readonly isReady: boolean
}

export interface PlayableContent {
  readonly videos: readonly Candidate[]
  /** The video that somebody activated, and since when. */
  readonly takeover: { readonly videoId: number; readonly since: Date } | null
}

export interface ActiveVideo {
  readonly videoId: number | null
  readonly rule: ActiveVideoRule
  /** The first later instant at which video or rule will be another without anybody's doing. */
  readonly nextChangeAt: Date | null
  /** Whether the takeover has ended, and must not come back when videos or windows are edited. */
  readonly takeoverIsOver: boolean
}

type Decision = Pick<ActiveVideo, 'videoId' | 'rule'>

/**
 * Decides which video of a content plays at an instant. This is the only place that does: what is stored, shown and
 * pushed is computed from it. A takeover comes first, then a video in its own window, then the first of the others.
 * A video that is not ready or outside its window is never eligible.
 */
export function resolveActiveVideo(content: PlayableContent, instant: Date): ActiveVideo {
  const decision = decide(content, instant)
  return {
    ...decision,
    nextChangeAt: nextChange(content, instant, decision),
    takeoverIsOver: content.takeover !== null && hasEnded(content.takeover, content.videos, instant),
  }
}

/** Whether the video may play at the instant: it is ready, and inside its window if it has one. */
export function isEligible(video: Candidate, instant: Date): boolean {
  const { scheduleStart, scheduleEnd } = video
  return (
    video.isReady &&
    (scheduleStart === null || scheduleStart <= instant) &&
    (scheduleEnd === null || instant < scheduleEnd)
  )
}

function decide({ videos, takeover }: PlayableContent, instant: Date): Decision {
  const eligible = videos.filter((video) => isEligible(video, instant))
  const takenOver = eligible.find((video) => video.id === takeover?.videoId)
  if (takenOver && takeover && !hasEnded(takeover, videos, instant)) {
    return { videoId: takenOver.id, rule: 'MANUAL' }
  }
  const [inWindow] = eligible.filter(hasWindow).toSorted(byLaterStart)
  if (inWindow) return { videoId: inWindow.id, rule: 'WINDOW' }
  const [first] = eligible.toSorted(byRotationOrder)
  return first ? { videoId: first.id, rule: 'DEFAULT' } : { videoId: null, rule: 'NONE' }
}

/** A takeover lasts until the window of another video has opened, or its own has closed. */
function hasEnded(
  { videoId, since }: NonNullable<PlayableContent['takeover']>,
  videos: readonly Candidate[],
  instant: Date,
): boolean {
  return videos.some(({ id, isReady, scheduleStart, scheduleEnd }) =>
    id === videoId
      ? scheduleEnd !== null && scheduleEnd <= instant
      : isReady && scheduleStart !== null && since < scheduleStart && scheduleStart <= instant,
  )
}

function nextChange(content: PlayableContent, instant: Date, now: Decision): Date | null {
  // Nothing can change but where a window opens or closes.
  const boundaries = content.videos
    .flatMap(({ isReady, scheduleStart, scheduleEnd }) => (isReady ? [scheduleStart, scheduleEnd] : []))
    .filter((boundary) => boundary !== null)
    .filter((boundary) => boundary > instant)
    .toSorted((a, b) => a.getTime() - b.getTime())
  const change = boundaries.find((boundary) => {
    const then = decide(content, boundary)
    return then.videoId !== now.videoId || then.rule !== now.rule
  })
  return change ?? null
}

function hasWindow({ scheduleStart, scheduleEnd }: Candidate): boolean {
  return scheduleStart !== null || scheduleEnd !== null
}

function byLaterStart(a: Candidate, b: Candidate): number {
  const start = (video: Candidate) => video.scheduleStart?.getTime() ?? -Infinity
  return start(a) === start(b) ? a.id - b.id : start(b) > start(a) ? 1 : -1
}

function byRotationOrder(a: Candidate, b: Candidate): number {
  return a.rotationOrder - b.rotationOrder || a.id - b.id
}
