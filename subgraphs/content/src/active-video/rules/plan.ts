import type { Candidate, PlayableContent } from './playable-content.ts'
import { earliest, nextTurnEdge, rotationOf, turnAt } from './rotation.ts'
import { type TakeoverEnd, takeoverEnd } from './takeover.ts'
import { byLaterStart, byRotationOrder, hasWindow, isInWindow, windowEdges } from './windows.ts'

/** Why a video plays, the strongest first; `NONE` when none does. */
export type ActiveVideoRule = 'MANUAL' | 'WINDOW' | 'ROTATION' | 'DEFAULT' | 'NONE'

export interface Decision {
  readonly videoId: number | null
  readonly rule: ActiveVideoRule
  /** The schedule that decided; null under every rule but ROTATION. */
  readonly scheduleId: number | null
}

/** The rules of one content, made ready to be asked about many instants. */
export interface Plan {
  readonly decide: (instant: number) => Decision
  /** The next instant at which the decision of this one may change; null when it stays for ever. */
  readonly nextEdge: (after: number, decision: Decision) => number | null
  /** Null when nobody took over, or when it lasts for ever. */
  readonly takeoverEnd: TakeoverEnd | null
}

export function planFor(content: PlayableContent): Plan {
  const { videos, takeover } = content
  const rotation = rotationOf(content)
  const end = takeover && takeoverEnd(takeover, videos, rotation)
  const edges = windowEdges(videos)
  const eligibleAt = (instant: number) =>
    videos.filter((video) => video.isReady && isInWindow(video, instant))
  return {
    takeoverEnd: end,
    decide: (instant) => {
      const eligible = eligibleAt(instant)
      const takesOver = takeover && (end === null || instant < end.at) ? takeover.videoId : null
      if (eligible.some(({ id }) => id === takesOver)) return decision('MANUAL', takesOver)
      const [inWindow] = eligible.filter(hasWindow).toSorted(byLaterStart)
      if (inWindow) return decision('WINDOW', inWindow.id)
      const turn = turnAt(rotation, idsOf(eligible), instant)
      if (turn) return decision('ROTATION', turn.videoId, turn.scheduleId)
      const [first] = eligible.toSorted(byRotationOrder)
      return first ? decision('DEFAULT', first.id) : decision('NONE', null)
    },
    nextEdge: (after, { rule, scheduleId }) => {
      const isRotationHidden = rule === 'MANUAL' || rule === 'WINDOW'
      return earliest([
        edges.find((edge) => edge > after) ?? null,
        end && end.at > after ? end.at : null,
        isRotationHidden ? null : nextTurnEdge(rotation, idsOf(eligibleAt(after)), after, scheduleId),
      ])
    },
  }
}

function decision(rule: ActiveVideoRule, videoId: number | null, scheduleId: number | null = null): Decision {
  return { videoId, rule, scheduleId }
}

function idsOf(videos: readonly Candidate[]): Set<number> {
  return new Set(videos.map(({ id }) => id))
}
