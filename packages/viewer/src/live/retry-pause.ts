const FIRST_MS = 3000
const LONGEST_MS = 30_000

/** Pauses between attempts, each about twice as long as the one before. */
export interface RetryPause {
  /** To be called once an attempt went well: the next pause is a short one again. */
  reset(): void
  /** Ends after the next pause, or as soon as somebody hurries or the signal aborts. */
  wait(signal: AbortSignal): Promise<void>
  /** Ends the pause that is on: the network is back, or somebody looks again. */
  hurry(): void
}

/**
 * How long to wait after so many failures in a row, in milliseconds: up to three seconds at first, later up to thirty.
 * It is chance for the most part, so that a thousand phones don't come back at once to a server that was restarted.
 *
 * @param failures - 0 for the first pause.
 * @param chance - from 0 to 1.
 */
export function pauseMs(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10))
  return longest * (0.1 + chance * 0.9)
}

export function createRetryPause(random: () => number = Math.random): RetryPause {
  let failures = 0
  let end = () => {}
  return {
    reset() {
      failures = 0
    },
    wait(signal) {
      const ms = pauseMs(failures, random())
      failures += 1
      if (signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(() => end(), ms)
        end = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          resolve()
        }
        signal.addEventListener('abort', end)
      })
    },
    hurry() {
      end()
    },
  }
}
