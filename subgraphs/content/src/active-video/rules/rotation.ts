import type { PlayableContent } from './playable-content.ts'
import { byRank, videosOf } from './schedule.ts'
import { turnsOfSchedule } from './turns-of-schedule.ts'
import type { Turn, Turns } from './turns.ts'

/** The schedules of a content that may have a say, the first in rank first. */
export type Rotation = readonly Turns[]

/** A schedule that is paused, or none of whose videos is there and ready, has no say. */
export function rotationOf({ schedules, videos, timeZone }: PlayableContent): Rotation {
  const ready = new Set(videos.filter(({ isReady }) => isReady).map(({ id }) => id))
  return schedules
    .filter((schedule) => schedule.isActive && videosOf(schedule).some((id) => ready.has(id)))
    .toSorted(byRank)
    .map((schedule) => turnsOfSchedule(schedule, timeZone))
}

/** The turn of the first schedule that applies and has a video to play; null when none has. */
export function turnAt(
  rotation: Rotation,
  eligible: ReadonlySet<number>,
  instant: number,
): { readonly videoId: number; readonly scheduleId: number } | null {
  for (const turns of rotation) {
    const turn = turns.at(instant)
    const videoId = turn && firstEligible(turn, eligible)
    if (videoId !== null) return { videoId, scheduleId: turns.scheduleId }
  }
  return null
}

/** From the one whose turn it is forward, and around, to the first that may play. */
function firstEligible({ videoIds, index }: Turn, eligible: ReadonlySet<number>): number | null {
  const inOrder = [...videoIds.slice(index), ...videoIds.slice(0, index)]
  return inOrder.find((id) => eligible.has(id)) ?? null
}

/**
 * The next instant at which `turnAt` may answer otherwise, as long as the same videos are eligible; null when there is
 * none.
 */
export function nextTurnEdge(
  rotation: Rotation,
  eligible: ReadonlySet<number>,
  after: number,
  winner: number | null,
): number | null {
  const edges: (number | null)[] = []
  for (const turns of rotation) {
    const videoIds = turns.videoIds.filter((id) => eligible.has(id))
    if (videoIds.length === 0) continue
    edges.push(turns.nextEdge(after))
    const isWinner = turns.scheduleId === winner
    // With one video left to play, every turn is its turn.
    if (isWinner && videoIds.length > 1) edges.push(turns.nextBoundary(after))
    // Those behind it wait until it no longer applies.
    if (isWinner) break
  }
  return earliest(edges)
}

/** The next boundary of the schedule that applies, or where another takes its place; null when there is none. */
export function nextBoundary(rotation: Rotation, after: number): number | null {
  const edges: (number | null)[] = []
  for (const turns of rotation) {
    edges.push(turns.nextEdge(after))
    if (turns.at(after) === null) continue
    edges.push(turns.nextBoundary(after))
    break
  }
  return earliest(edges)
}

export function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null)
  return known.length === 0 ? null : Math.min(...known)
}
