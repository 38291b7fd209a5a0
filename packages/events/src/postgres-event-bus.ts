import type { Database, PoolOptions } from '@arv/database'
import { createPool } from '@arv/database/pool'
import { type Cursor, CursorExpiredError, isMissing, oldestMissing, parseCursor } from './cursor.ts'
import type { EventBus } from './event-bus.ts'
import type { Position, StoredEvent } from './event-catalogue.ts'
import { createEventQueue, type EventQueue } from './event-queue.ts'
import { countEvents, readEvents, readHead, readHorizon } from './event-store.ts'
import { WAKE_CHANNEL } from './event-writer.ts'

export interface PostgresEventBusConfig {
  readonly database: Database
  /** A login for LISTEN, which needs no rights. */
  readonly listenUrl: string
  readonly ssl?: PoolOptions['ssl']
  readonly onError: (error: unknown) => void
  /** How long a lost wake-up may delay an event, in milliseconds. */
  readonly pollMs?: number
  readonly observer?: EventBusObserver
}

/** Is told how far events have come. */
export interface EventBusObserver {
  /** An event is handed to those who subscribed. @param at when it was appended */
  delivered(at: Date): void
  /** The bus reads from now on. @param waiting how many events of the outbox it has not delivered yet, up to 1000 */
  reading(waiting: () => Promise<number>): void
}

interface Subscriber {
  readonly accepts: (event: StoredEvent) => boolean
  readonly queue: EventQueue
}

/** While older transactions run, how soon to look again. */
const UNSETTLED_MS = 10

/**
 * One reader per process, whatever the number of subscribers. NOTIFY only wakes it: what it delivers it has
 * read from the outbox, and it looks by itself every `pollMs` and on every reconnect, so nothing hangs on a
 * message that PostgreSQL does not keep.
 */
export async function createPostgresEventBus(config: PostgresEventBusConfig): Promise<EventBus> {
  const { database, pollMs = 500, observer } = config
  const subscribers = new Set<Subscriber>()
  let position: Position = await readHead(database)
  let reading: Promise<void> | undefined
  let again = false
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const deliver = (events: readonly StoredEvent[]) => {
    for (const event of events) {
      for (const { accepts, queue } of subscribers) if (accepts(event)) queue.push(event)
      position = event.position
      observer?.delivered(event.at)
    }
  }
  observer?.reading(async () => (closed ? 0 : countEvents(database, position)))
  /** Reads what there is; resolves to when to look again, in milliseconds. */
  const readOn = async (): Promise<number> => {
    for (;;) {
      again = false
      const { events, more } = await readEvents(database, position)
      deliver(events)
      if (more && events.length === 0) return UNSETTLED_MS
      if (closed || !(more || again)) return pollMs
    }
  }
  const look = () => {
    if (closed) return
    if (reading) {
      again = true
      return
    }
    clearTimeout(timer)
    // The next look is set when this one has ended, however long that took: nothing else would bring it.
    reading = readOn()
      .catch((error: unknown) => {
        config.onError(error)
        return pollMs
      })
      .then((pause) => {
        reading = undefined
        if (!closed) timer = setTimeout(look, pause)
      })
  }

  // LISTEN holds its connection for ever: no deadlines of transactions, no lifetime.
  const listener = createPool(config.listenUrl, { max: 1, maxLifetimeSeconds: 0, ssl: config.ssl ?? false })
  const listening = await listener.listen(WAKE_CHANNEL, look, look).catch(async (error: unknown) => {
    // The driver would go on trying behind the back of a start that has failed.
    await listener.end({ timeout: 0 })
    throw error
  })

  return {
    subscribe: ({ filter, after, overflow }) => {
      const queue = createEventQueue(overflow)
      let cursor: Cursor | undefined
      try {
        cursor = typeof after === 'string' ? parseCursor(after) : undefined
      } catch (error) {
        queue.fail(error)
      }
      const accepts = (event: StoredEvent) =>
        (cursor === undefined || isMissing(cursor, event.position)) && filter(event)
      // From here on the reader keeps what comes; everything up to `joinedAt` is in the table.
      const joinedAt = position
      const subscriber = { accepts, queue }
      subscribers.add(subscriber)
      return iterate(deliverTo(queue, cursor, joinedAt, accepts), () => {
        subscribers.delete(subscriber)
        queue.close()
      })
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      for (const { queue } of subscribers) queue.close()
      await reading
      await listening.unlisten().catch(config.onError)
      await listener.end({ timeout: 2 })
    },
  }

  async function* deliverTo(
    queue: EventQueue,
    cursor: Cursor | undefined,
    joinedAt: Position,
    accepts: (event: StoredEvent) => boolean,
  ): AsyncGenerator<StoredEvent, void> {
    if (cursor) yield* replay(cursor, joinedAt, accepts)
    for (;;) {
      const event = await queue.shift()
      if (!event) return
      yield event
    }
  }

  async function* replay(cursor: Cursor, upTo: Position, accepts: (event: StoredEvent) => boolean) {
    let from =
      cursor.kind === 'event' ? cursor.position : { tx: cursor.xmin - 1n, id: Number.MAX_SAFE_INTEGER }
    for (;;) {
      const { events, more } = await readEvents(database, from, upTo)
      // Asked after each look: what is forgotten between the question and the look would be missing unnoticed.
      if (oldestMissing(cursor) <= (await readHorizon(database))) throw new CursorExpiredError()
      for (const event of events) if (accepts(event)) yield event
      const last = events.at(-1)
      if (!last || !more) return
      from = last.position
    }
  }
}

/** Ends the subscriber with its iterator. A generator that waits can't be returned from: its source ends first. */
function iterate(
  generator: AsyncGenerator<StoredEvent, void>,
  end: () => void,
): AsyncIterableIterator<StoredEvent> {
  return {
    next: () => {
      const step = generator.next().catch((error: unknown) => {
        end()
        throw error
      })
      // Who asks ahead, while busy with an event, listens only later: unheard until then, it would end the process.
      step.catch(() => undefined)
      return step
    },
    return: () => {
      end()
      return generator.return()
    },
    throw: (error: unknown) => {
      end()
      return generator.throw(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
