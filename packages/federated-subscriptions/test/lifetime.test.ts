import type { ExecutionResult } from 'graphql'
import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schemaReloadError } from '../src/index.ts'
import { aBid, openAuctionHouse } from './auction-house.ts'
import { listen, read, refusal, subscriptionsOf } from './subscriber.ts'

const amounts = 'subscription { bidPlaced { amount } }'

describe('a source', () => {
  test('that ends ends the stream, after what it sent', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house)
    const stream = await listen(subscriptions, amounts)

    house.bids.publish(aBid())
    house.bids.end()

    expect(await read(stream)).toEqual({ data: { bidPlaced: { amount: 7 } } })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(subscriptions.openCount()).toBe(0)
  })

  test('that has ended or failed by itself is not asked to close', async () => {
    const house = openAuctionHouse()
    let closeRequests = 0
    function iterating(next: () => Promise<IteratorResult<ExecutionResult>>): AsyncIterable<ExecutionResult> {
      const iterator: AsyncIterator<ExecutionResult> = {
        next,
        return() {
          closeRequests++
          return Promise.resolve({ done: true, value: undefined })
        },
      }
      return { [Symbol.asyncIterator]: () => iterator }
    }
    const sources = [
      iterating(() => Promise.resolve({ done: true, value: undefined })),
      iterating(() => Promise.reject(new Error('connection lost'))),
    ]
    const subscriptions = subscriptionsOf(house, { openSource: () => Promise.resolve(sources.shift() ?? {}) })
    const ending = await listen(subscriptions, amounts)
    const failing = await listen(subscriptions, amounts)

    expect(await ending.next()).toEqual({ done: true, value: undefined })
    await expect(failing.next()).rejects.toThrow('connection lost')
    await Promise.all([ending.return(), failing.return()])

    expect(closeRequests).toBe(0)
  })

  test('that fails ends the stream with its error as a GraphQLError', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house)
    const stream = await listen(subscriptions, amounts)
    const next = stream.next()

    house.bids.fail(new Error('connection lost'))

    await expect(next).rejects.toSatisfy((error) => error instanceof GraphQLError)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(subscriptions.openCount()).toBe(0)
  })

  test('that rejects with a list of plain errors, as graphql-ws clients do, ends the stream with the first', async () => {
    const house = openAuctionHouse()
    const stream = await listen(subscriptionsOf(house), amounts)
    const next = stream.next()

    house.bids.fail([{ message: 'The cursor is too old.', extensions: { code: 'CURSOR_EXPIRED' } }])

    await expect(next).rejects.toMatchObject({
      name: 'GraphQLError',
      message: 'The cursor is too old.',
      extensions: { code: 'CURSOR_EXPIRED' },
    })
  })

  test('that can’t be opened is answered with its error', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house, {
      openSource: () => Promise.reject(new Error('nobody there')),
    })

    const { errors } = await refusal(subscriptions, amounts)

    expect(errors?.map((error) => [error.constructor, error.message])).toEqual([
      [GraphQLError, 'nobody there'],
    ])
    expect(subscriptions.openCount()).toBe(0)
  })

  test('that refuses is answered with the refusal', async () => {
    expect(
      await refusal(subscriptionsOf(openAuctionHouse()), 'subscription { secretBid { amount } }'),
    ).toMatchObject({
      errors: [{ message: 'Only for members.', extensions: { code: 'FORBIDDEN' } }],
    })
  })

  test('that answers with a single result is refused, for there is nothing to wait for', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house, {
      openSource: () => Promise.resolve({ data: { bidPlaced: null } }),
    })

    expect(await refusal(subscriptions, amounts)).toMatchObject({
      errors: [{ message: 'The service answered without a stream of events.' }],
    })
  })
})

describe('a subscriber who leaves', () => {
  test('closes the source at once, also while waiting for an event', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house)
    const stream = await listen(subscriptions, amounts)
    const waiting = stream.next()
    await new Promise(setImmediate)
    expect([house.bids.listenerCount(), subscriptions.openCount()]).toEqual([1, 1])
    expect(subscriptions.openByField()).toEqual(new Map([['bidPlaced', 1]]))

    await stream.return()

    expect([house.bids.listenerCount(), subscriptions.openCount()]).toEqual([0, 0])
    expect(subscriptions.openByField()).toEqual(new Map())
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test('does not wait for a source that only closes with its next event, and has nothing fetched for that', async () => {
    const house = openAuctionHouse()
    const event = Promise.withResolvers<ExecutionResult>()
    async function* slowSource(): AsyncGenerator<ExecutionResult> {
      yield await event.promise
    }
    const subscriptions = subscriptionsOf(house, { openSource: () => Promise.resolve(slowSource()) })
    const stream = await listen(subscriptions, 'subscription { bidPlaced { leaders { name } } }')
    const waiting = stream.next()
    await new Promise(setImmediate)

    await stream.return()

    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(subscriptions.openCount()).toBe(0)
    event.resolve({ data: { bidPlaced: { leaders: [{ __typename: 'Bidder', id: '1' }] } } })
    await new Promise(setImmediate)
    expect(house.calls).toEqual([])
  })

  test('while an event is being answered gets nothing more', async () => {
    const house = openAuctionHouse()
    const fetching = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    house.beforeFetch = () => {
      fetching.resolve()
      return answer.promise
    }
    const stream = await listen(subscriptionsOf(house), 'subscription { bidPlaced { leaders { name } } }')
    const waiting = stream.next()
    house.bids.publish(aBid())
    await fetching.promise

    await stream.return()
    answer.resolve()

    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(house.bids.listenerCount()).toBe(0)
  })

  test('leaves the other subscribers alone', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house)
    const leaving = await listen(subscriptions, amounts)
    const staying = await listen(subscriptions, amounts)

    await leaving.return()
    house.bids.publish(aBid())

    expect(await read(staying)).toEqual({ data: { bidPlaced: { amount: 7 } } })
    expect(subscriptions.openCount()).toBe(1)
  })

  test('by `break` or `await using` closes the source too', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house)
    const looped = await listen(subscriptions, amounts)
    house.bids.publish(aBid())

    for await (const response of looped) {
      expect(response).toMatchObject({ data: { bidPlaced: { amount: 7 } } })
      break
    }
    {
      await using stream = await listen(subscriptions, amounts)
      expect(stream).toBeDefined()
      expect(house.bids.listenerCount()).toBe(1)
    }

    expect(house.bids.listenerCount()).toBe(0)
  })
})

describe('closing', () => {
  test('ends those who wait, and those who are busy, with the reason; and closes their sources', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house)
    const waiting = (await listen(subscriptions, amounts)).next()
    const busy = await listen(subscriptions, amounts)
    await new Promise(setImmediate)

    subscriptions.close(schemaReloadError())

    const reload = { name: 'GraphQLError', extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } }
    await expect(waiting).rejects.toMatchObject(reload)
    await expect(busy.next()).rejects.toMatchObject(reload)
    expect(await busy.next()).toEqual({ done: true, value: undefined })
    expect([house.bids.listenerCount(), subscriptions.openCount()]).toEqual([0, 0])
  })

  test('refuses new subscribers with the reason', async () => {
    const subscriptions = subscriptionsOf(openAuctionHouse())

    subscriptions.close(schemaReloadError())

    expect(await refusal(subscriptions, amounts)).toMatchObject({
      errors: [{ extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } }],
    })
  })

  test('while a source is being opened closes that source and refuses its subscriber', async () => {
    const house = openAuctionHouse()
    const opening = Promise.withResolvers<void>()
    const subscriptions = subscriptionsOf(house, {
      async openSource(service, request) {
        const source = await house.openSource(service, request)
        await opening.promise
        return source
      },
    })
    const answer = refusal(subscriptions, amounts)

    subscriptions.close(schemaReloadError())
    opening.resolve()

    expect(await answer).toMatchObject({ errors: [{ extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } }] })
    expect([house.bids.listenerCount(), subscriptions.openCount()]).toEqual([0, 0])
  })
})

describe('a host that renews the context of each event', () => {
  test('ends the subscription by rejecting: no event reaches a caller who lost the right to it', async () => {
    const house = openAuctionHouse()
    const subscriptions = subscriptionsOf(house, {
      contextForEvent: () =>
        Promise.reject(new GraphQLError('Revoked.', { extensions: { code: 'FORBIDDEN' } })),
    })
    const stream = await listen(subscriptions, amounts)

    house.bids.publish(aBid())

    await expect(stream.next()).rejects.toMatchObject({
      message: 'Revoked.',
      extensions: { code: 'FORBIDDEN' },
    })
    expect([house.bids.listenerCount(), subscriptions.openCount()]).toEqual([0, 0])
  })
})
