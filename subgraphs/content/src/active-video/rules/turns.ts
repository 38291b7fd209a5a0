/** Whose turn it is. */
export interface Turn {
  /** All whose turn comes round. */
  readonly videoIds: readonly number[]
  /** The place among them of the one whose turn it is. */
  readonly index: number
}

/** Where a schedule stands at an instant, to count on from. */
interface Checkpoint {
  readonly anchorAt: number
  readonly anchorIndex: number
  readonly index: number
  /** The last boundary since the checkpoint it was counted from; null when there was none. */
  readonly lastBoundaryAt: number | null
}

/**
 * The turns of one schedule. Nothing changes at its anchor or before: what was then is the checkpoint's word, so a
 * clock that is set back repeats no boundary.
 */
export interface Turns {
  readonly scheduleId: number
  /** The videos that may ever have a turn. */
  readonly videoIds: readonly number[]
  /** Null while the schedule does not apply. */
  readonly at: (instant: number) => Turn | null
  /** The next instant at which the turn changes; null when there is none. */
  readonly nextBoundary: (after: number) => number | null
  /** The next instant at which the schedule begins or ends to apply; null when there is none. */
  readonly nextEdge: (after: number) => number | null
  readonly checkpoint: (instant: number) => Checkpoint
}
