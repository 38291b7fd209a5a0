import type { Schedule } from './schedule.ts'

/** A content as far as it matters for what plays. */
export interface PlayableContent {
  readonly videos: readonly Candidate[]
  readonly takeover: Takeover | null
  readonly schedules: readonly Schedule[]
  /** The company's, for schedules that have none of their own. */
  readonly timeZone: string
}

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

/** The video that somebody activated, and since when. */
export interface Takeover {
  readonly videoId: number
  readonly since: Date
}
