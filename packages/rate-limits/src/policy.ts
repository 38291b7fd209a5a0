/** How much of something each key may use. */
export interface Policy {
  /** Tells its counters from those of other policies, and is what clients are told: letters, digits and dashes. */
  readonly name: string
  /** Used up within one window. */
  readonly points: number
  /** Begins with the first use, and ends this much later. */
  readonly windowSeconds: number
}
