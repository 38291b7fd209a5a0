/** How long calls to a subgraph may take, in milliseconds. */
export interface CallDeadlines {
  /** A query, a command, the opening of a subscription. */
  readonly queryMs: number
  /** A connection for a mutation. */
  readonly connectMs: number
  /** After this a mutation is not committed any more. */
  readonly commitMs: number
  /** What comes after that: the database's answer to a commit, and the way back. */
  readonly answerMs: number
  /** For how long an upload may stand still, the time in which the subgraph works on it included. */
  readonly uploadIdleMs: number
}

export const CALL_DEADLINES: CallDeadlines = {
  queryMs: 4500,
  connectMs: 2000,
  commitMs: 10_000,
  answerMs: 3000,
  uploadIdleMs: 120_000,
}

/** Calls that may wait for one subgraph's answer at a time; many more than one subgraph can work on. */
export const MOST_CALLS = 200
/** Uploads last as long as their clients take. */
export const MOST_UPLOADS = 100
