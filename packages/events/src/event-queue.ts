import type { StoredEvent } from './event-catalogue.ts'
import { SubscriberTooSlowError } from './event-bus.ts'

const CAPACITY = 1_000

/** A subscriber's own bounded queue between the reader, which never waits, and a client, which may be slow. */
export interface EventQueue {
  push(event: StoredEvent): void
  /** Makes the next shift() throw. */
  fail(error: unknown): void
  /** Resolves with undefined once the queue is closed and empty. */
  shift(): Promise<StoredEvent | undefined>
  close(): void
}

export function createEventQueue(overflow: 'latest' | 'fail'): EventQueue {
  let waiting: StoredEvent[] = []
  let wake: (() => void) | undefined
  let closed = false
  let failure: { error: unknown } | undefined

  const signal = () => {
    wake?.()
    wake = undefined
  }
  return {
    push: (event) => {
      if (closed || failure) return
      if (overflow === 'latest') waiting = [event]
      else if (waiting.length < CAPACITY) waiting.push(event)
      else failure = { error: new SubscriberTooSlowError() }
      signal()
    },
    fail: (error) => {
      failure = { error }
      signal()
    },
    shift: async () => {
      for (;;) {
        const event = waiting.shift()
        if (event) return event
        if (failure) throw failure.error
        if (closed) return undefined
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    close: () => {
      closed = true
      waiting = []
      signal()
    },
  }
}
