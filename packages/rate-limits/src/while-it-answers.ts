interface Watching {
  readonly deadlineMs: number
  /** At most once a minute, while it is away. */
  readonly onAway: (error: unknown) => void
  readonly onBack: () => void
}

/** Between two looks at whether it is back; only one caller at a time waits for one. */
const LOOK_AGAIN_MS = 5_000
const TELL_AGAIN_MS = 60_000

class AwayError extends Error {
  constructor() {
    super('it did not answer a moment ago')
    this.name = 'AwayError'
  }
}

/**
 * Asks something that may be away. Each question has a deadline; after one that failed the next ones fail at once,
 * instead of waiting one after another, until it was found back.
 */
export function whileItAnswers({ deadlineMs, onAway, onBack }: Watching) {
  let away = false
  let askAgainAt = 0
  let toldAt = Number.NEGATIVE_INFINITY

  return async <T>(question: () => PromiseLike<T>): Promise<T> => {
    if (away) {
      if (Date.now() < askAgainAt) throw new AwayError()
      askAgainAt = Date.now() + LOOK_AGAIN_MS
    }
    try {
      const answer = await withDeadline(question(), deadlineMs)
      if (away) {
        away = false
        toldAt = Number.NEGATIVE_INFINITY
        onBack()
      }
      return answer
    } catch (error) {
      away = true
      askAgainAt = Date.now() + LOOK_AGAIN_MS
      if (Date.now() - toldAt >= TELL_AGAIN_MS) {
        toldAt = Date.now()
        onAway(error)
      }
      throw error
    }
  }
}

async function withDeadline<T>(work: PromiseLike<T>, milliseconds: number): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds)
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
