/** A timer of more than 24.8 days would go off at once. */
const LONGEST_MS = 24 * 24 * 60 * 60 * 1000

/** Rings once at a time; set anew it forgets what it was set to before. */
export interface Alarm {
  /**
   * Resolves with 'rung' soon after a date has come, or earlier when it is weeks away: look at the clock again. Never
   * resolves without a date.
   *
   * @param now what the clock says that the date is meant by
   */
  at(date: Date | null, now: Date): Promise<'rung'>
  /** It never rings again. */
  cancel(): void
}

export function createAlarm(): Alarm {
  let timer: NodeJS.Timeout | undefined
  let cancelled = false
  return {
    at: (date, now) => {
      clearTimeout(timer)
      return new Promise((resolve) => {
        if (date === null || cancelled) return
        const waitMs = Math.min(Math.max(date.getTime() - now.getTime(), 0) + 1, LONGEST_MS)
        timer = setTimeout(() => resolve('rung'), waitMs)
      })
    },
    cancel: () => {
      cancelled = true
      clearTimeout(timer)
    },
  }
}
