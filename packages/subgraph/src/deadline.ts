/** Ends a call that takes too long: `signal` aborts then. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Something moved. Puts an idle deadline off, a fixed one not. */
  touch(): void
  /** From now on as many milliseconds. */
  restart(milliseconds: number): void
  clear(): void
}

/** A call as a whole may take `milliseconds`. */
export function fixedDeadline(milliseconds: number): Deadline {
  return { ...idleDeadline(milliseconds), touch() {} }
}

/** A call may take any time, but nothing may stand still for `milliseconds`. */
export function idleDeadline(milliseconds: number): Deadline {
  const controller = new AbortController()
  const start = (wait: number) => setTimeout(() => controller.abort(), wait)
  let timer = start(milliseconds)
  return {
    signal: controller.signal,
    touch: () => void timer.refresh(),
    restart(wait) {
      clearTimeout(timer)
      timer = start(wait)
    },
    clear: () => clearTimeout(timer),
  }
}
