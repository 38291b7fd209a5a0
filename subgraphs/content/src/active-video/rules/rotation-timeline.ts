import { DAY_MS } from './days.ts'
import { type ActiveVideoRule, type Decision, planFor } from './plan.ts'
import type { PlayableContent } from './playable-content.ts'
import { type RotationWarning, rotationWarnings } from './rotation-warnings.ts'

export const MAX_TIMELINE_DAYS = 400
export const MAX_TIMELINE_EDGES = 10_000

/** What plays from an instant until before another. */
export interface TimelineEntry {
  readonly from: Date
  readonly to: Date
  readonly videoId: number | null
  readonly rule: ActiveVideoRule
  /** The schedule that decided, under the rule ROTATION. */
  readonly scheduleId: number | null
}

/** Half-open: what is at `to` is not asked for. */
export interface Span {
  readonly from: Date
  readonly to: Date
}

export type RotationTimeline =
  | {
      readonly kind: 'timeline'
      /** Without a gap, from `from` to `to`; neighbours differ in video, rule or schedule. */
      readonly entries: readonly TimelineEntry[]
      readonly warnings: readonly RotationWarning[]
    }
  | { readonly kind: 'endsBeforeItStarts' | 'tooLong' | 'tooManyChanges' }

/** Foretells what plays, by the same rules as it is decided; nothing but time is thought to change. */
export function rotationTimeline(content: PlayableContent, span: Span): RotationTimeline {
  const length = span.to.getTime() - span.from.getTime()
  if (length <= 0) return { kind: 'endsBeforeItStarts' }
  if (length > MAX_TIMELINE_DAYS * DAY_MS) return { kind: 'tooLong' }
  const entries = entriesOf(content, span)
  if (entries === null) return { kind: 'tooManyChanges' }
  return { kind: 'timeline', entries, warnings: rotationWarnings(content, span, entries) }
}

function entriesOf(content: PlayableContent, { from, to }: Span): TimelineEntry[] | null {
  const plan = planFor(content)
  const entries: TimelineEntry[] = []
  let since = from
  let now = plan.decide(from.getTime())
  let edge = plan.nextEdge(from.getTime(), now)
  for (let edges = 0; edge !== null && edge < to.getTime(); edges++) {
    if (edges === MAX_TIMELINE_EDGES) return null
    const then = plan.decide(edge)
    if (!isSame(now, then)) {
      const at = new Date(edge)
      entries.push({ from: since, to: at, ...now })
      since = at
      now = then
    }
    edge = plan.nextEdge(edge, then)
  }
  return [...entries, { from: since, to, ...now }]
}

function isSame(a: Decision, b: Decision): boolean {
  return a.videoId === b.videoId && a.rule === b.rule && a.scheduleId === b.scheduleId
}
