import type { Candidate } from './playable-content.ts'

/** Whether the video may play at the instant: it is ready, and inside its window if it has one. */
export function isEligible(video: Candidate, instant: Date): boolean {
  return video.isReady && isInWindow(video, instant.getTime())
}

/** Whether the instant is inside the video's window; one without a window is always. */
export function isInWindow({ scheduleStart, scheduleEnd }: Candidate, instant: number): boolean {
  return (
    (scheduleStart === null || scheduleStart.getTime() <= instant) &&
    (scheduleEnd === null || instant < scheduleEnd.getTime())
  )
}

export function hasWindow({ scheduleStart, scheduleEnd }: Candidate): boolean {
  return scheduleStart !== null || scheduleEnd !== null
}

/** For `toSorted`: of videos whose windows are open, the one that goes first. */
export function byLaterStart(a: Candidate, b: Candidate): number {
  const [startOfA, startOfB] = [startOf(a), startOf(b)]
  return startOfA === startOfB ? a.id - b.id : startOfB > startOfA ? 1 : -1
}

/** For `toSorted`: the first is the default video. */
export function byRotationOrder(a: Candidate, b: Candidate): number {
  return a.rotationOrder - b.rotationOrder || a.id - b.id
}

/** When windows of videos that are ready open and close, ascending. */
export function windowEdges(videos: readonly Candidate[]): number[] {
  const edges = videos.flatMap(({ isReady, scheduleStart, scheduleEnd }) =>
    isReady ? [scheduleStart, scheduleEnd] : [],
  )
  const instants = edges.flatMap((edge) => (edge === null ? [] : [edge.getTime()]))
  return [...new Set(instants)].toSorted((a, b) => a - b)
}

function startOf({ scheduleStart }: Candidate): number {
  return scheduleStart?.getTime() ?? -Infinity
}
