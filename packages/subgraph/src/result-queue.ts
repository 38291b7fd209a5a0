import type { ExecutionResult } from 'graphql'
import type { ResultStream } from './run-operation.ts'

export interface ResultQueue {
  readonly results: ResultStream
  push(result: ExecutionResult): void
  /** No more will come; what waits is still delivered. */
  end(): void
}

interface ResultQueueOptions {
  readonly max: number
  /** The last result of a stream whose reader fell too far behind. */
  readonly overflow: () => ExecutionResult
  /** Called once, when the queue ends from either side. */
  readonly closed: () => void
}

/** Turns pushed results into a stream that is pulled, holding at most `max` of them. */
export function createResultQueue({ max, overflow, closed }: ResultQueueOptions): ResultQueue {
  const waiting: ExecutionResult[] = []
  const readers: ((result: IteratorResult<ExecutionResult>) => void)[] = []
  let ended = false

  function end(): void {
    if (ended) return
    ended = true
    for (const reader of readers.splice(0)) reader({ done: true, value: undefined })
    closed()
  }

  return {
    end,
    push(result) {
      if (ended) return
      const reader = readers.shift()
      if (reader) reader({ done: false, value: result })
      else if (waiting.push(result) > max) {
        waiting.push(overflow())
        end()
      }
    },
    results: {
      next() {
        const result = waiting.shift()
        if (result) return Promise.resolve({ done: false, value: result })
        if (ended) return Promise.resolve({ done: true, value: undefined })
        return new Promise((resolve) => readers.push(resolve))
      },
      return() {
        waiting.length = 0
        end()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    },
  }
}
