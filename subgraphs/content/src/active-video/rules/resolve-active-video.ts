import { type Decision, type Plan, planFor } from './plan.ts'
import type { PlayableContent } from './playable-content.ts'
import type { TakeoverEnd } from './takeover.ts'

export interface ActiveVideo extends Decision {
  /** The first later instant at which video or rule will be another without anybody's doing. */
  readonly nextChangeAt: Date | null
  /** Why the takeover has ended, so that it must not come back when something is edited; null when it has not. */
  readonly takeoverEnd: TakeoverEnd['reason'] | null
}

/**
 * Schedules that hand over to each other without ever another video have edges without end, but no change: after so
 * many it is enough to look again.
 */
const MAX_EDGES = 1_000

/**
 * Decides which video of a content plays at an instant. This is the only place that does: what is stored, shown,
 * explained and foretold is computed from it. A takeover comes first, then a video in its own window, then the one
 * whose turn it is, then the first of the others. A video that is not ready or outside its window is never eligible.
 */
export function resolveActiveVideo(content: PlayableContent, instant: Date): ActiveVideo {
  const plan = planFor(content)
  const at = instant.getTime()
  const decision = plan.decide(at)
  const nextChangeAt = nextChange(plan, at, decision)
  return {
    ...decision,
    nextChangeAt: nextChangeAt === null ? null : new Date(nextChangeAt),
    takeoverEnd: plan.takeoverEnd !== null && plan.takeoverEnd.at <= at ? plan.takeoverEnd.reason : null,
  }
}

function nextChange(plan: Plan, instant: number, now: Decision): number | null {
  let edge = plan.nextEdge(instant, now)
  for (let edges = 1; edge !== null && edges < MAX_EDGES; edges++) {
    const then = plan.decide(edge)
    if (then.videoId !== now.videoId || then.rule !== now.rule) return edge
    edge = plan.nextEdge(edge, then)
  }
  return edge
}
