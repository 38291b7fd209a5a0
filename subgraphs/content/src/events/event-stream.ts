import {
  CursorExpiredError,
  type EventBus,
  InvalidCursorError,
  type StoredEvent,
  SubscriberTooSlowError,
  type SubscribeOptions,
} from '@arv/events'
import { badUserInput, cursorExpired, tooSlow } from '@arv/subgraph'

/** Events of one type. */
export type EventOf<Type extends StoredEvent['type']> = Extract<StoredEvent, { type: Type }>

/**
 * Events as the source of a GraphQL subscription: what ends the stream, ends it in the words of the API.
 *
 * @throws GraphQLError from `next()`: BAD_USER_INPUT for `after`, CURSOR_EXPIRED, RATE_LIMITED for one who is too slow
 */
export function openEventStream<Type extends StoredEvent['type']>(
  bus: EventBus,
  type: Type,
  { filter, ...options }: SubscribeOptions,
): AsyncIterableIterator<EventOf<Type>> {
  const isWanted = (event: StoredEvent): event is EventOf<Type> => event.type === type && filter(event)
  const events = bus.subscribe({ ...options, filter: isWanted })
  const stream: AsyncIterableIterator<EventOf<Type>> = {
    next: async () => {
      const { done, value } = await events.next().catch(rethrowForClients)
      if (done === true) return { done, value: undefined }
      return isWanted(value) ? { done: false, value } : stream.next()
    },
    return: async () => {
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => stream,
  }
  return stream
}

/** @throws GraphQLError always */
export function rethrowForClients(error: unknown): never {
  if (error instanceof InvalidCursorError) throw badUserInput(error.message, { field: 'after' })
  if (error instanceof CursorExpiredError) throw cursorExpired()
  if (error instanceof SubscriberTooSlowError) throw tooSlow()
  throw error
}
