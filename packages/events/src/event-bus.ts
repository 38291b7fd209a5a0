import type { StoredEvent } from './event-catalogue.ts'

/** A subscriber could not keep up; it resumes with the cursor that it saw last. */
export class SubscriberTooSlowError extends Error {
  readonly code = 'SUBSCRIBER_TOO_SLOW'

  constructor() {
    super('This subscription fell too far behind: subscribe again with the cursor seen last.')
    this.name = 'SubscriberTooSlowError'
  }
}

export interface SubscribeOptions {
  /** Which events are wanted. Must not throw. */
  readonly filter: (event: StoredEvent) => boolean
  /** The cursor seen last: what happened since comes first. Without it: what happens from now on. */
  readonly after?: string | null | undefined
  /**
   * What to do with more events than are taken: `latest` forgets all but the newest, for those who show a
   * state; `fail` ends with SubscriberTooSlowError, for those who may miss nothing.
   */
  readonly overflow: 'latest' | 'fail'
}

/** What stands between the outbox and subscribers. */
export interface EventBus {
  /**
   * Events in order, each once.
   *
   * @throws InvalidCursorError, CursorExpiredError from the first `next()`
   */
  subscribe(options: SubscribeOptions): AsyncIterableIterator<StoredEvent>
  close(): Promise<void>
}
