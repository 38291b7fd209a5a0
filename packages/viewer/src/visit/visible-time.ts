/** The platform takes no longer visit: it is a device that somebody left alone. */
const LONGEST_SECONDS = 86_400

/** How long a page was looked at: the time while it was visible. All times are milliseconds of one clock. */
export interface VisibleTime {
  show(nowMs: number): void
  hide(nowMs: number): void
  /** Whole seconds so far; never fewer than said before. */
  seconds(nowMs: number): number
}

export function createVisibleTime(): VisibleTime {
  let pastMs = 0
  let shownAt: number | null = null
  let said = 0

  /** A clock that goes back must not take away what was. */
  const sinceShown = (nowMs: number) => (shownAt === null ? 0 : Math.max(0, nowMs - shownAt))

  return {
    show(nowMs) {
      shownAt ??= nowMs
    },
    hide(nowMs) {
      pastMs += sinceShown(nowMs)
      shownAt = null
    },
    seconds(nowMs) {
      const seconds = Math.floor((pastMs + sinceShown(nowMs)) / 1000)
      said = Math.min(LONGEST_SECONDS, Math.max(said, seconds))
      return said
    },
  }
}
