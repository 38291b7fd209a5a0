import { once } from 'node:events'
import { createServer } from 'node:http'
import { parse } from 'graphql'
import type { Client } from 'graphql-ws'
import { createClient } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { schemaReloadError } from '../src/index.ts'
import type { AuctionHouse } from './auction-house.ts'
import { aBid, openAuctionHouse } from './auction-house.ts'
import { guest, subscriptionsOf } from './subscriber.ts'

const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Connection {
  readonly house: AuctionHouse
  readonly subscriptions: ReturnType<typeof subscriptionsOf>
  readonly client: Client
  /** How often the socket was closed from the other side. */
  readonly closures: () => number
}

/** A real server and a real client, with a socket between them. */
async function connect(): Promise<Connection> {
  const house = openAuctionHouse()
  const subscriptions = subscriptionsOf(house)
  const server = createServer()
  const sockets = useServer(
    {
      onSubscribe(_, __, { query, variables, operationName }) {
        const document = parse(query)
        const errors = subscriptions.validate(document, variables, operationName)
        if (errors.length > 0) return errors
        const { schema } = subscriptions
        return { schema, document, variableValues: variables, operationName, contextValue: guest }
      },
      subscribe: ({ document, variableValues, operationName }) =>
        subscriptions.subscribe({ document, variables: variableValues, operationName, context: guest }),
    },
    new WebSocketServer({ server, path: '/graphql' }),
  )
  server.listen(0)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')

  let closures = 0
  const client = createClient({
    url: `ws://localhost:${address.port}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    // A lazy client closes its socket after its last subscription; here only the server may.
    lazy: false,
    on: { closed: () => closures++ },
  })
  closing.push(
    () => new Promise((resolve) => server.close(resolve)),
    async () => sockets.dispose(),
    async () => client.dispose(),
  )
  return { house, subscriptions, client, closures: () => closures }
}

/** Waits until the server has subscribed to the source: what is published before that is nobody's. */
async function listening(house: AuctionHouse, count: number): Promise<void> {
  await expect.poll(() => house.bids.listenerCount()).toBe(count)
}

/** What a client is told when its subscription ends with an error. */
async function failureOf(stream: AsyncIterator<unknown>): Promise<unknown> {
  return stream.next().then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

describe('over graphql-ws', () => {
  test('a subscription spans services, survives a service that is down, and closes its source on leaving', async () => {
    const { house, client, closures } = await connect()
    const stream = client.iterate({ query: 'subscription { bidPlaced { amount leaders { name wins } } }' })
    const first = stream.next()
    await listening(house, 1)

    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))
    expect((await first).value).toEqual({
      data: { bidPlaced: { amount: 7, leaders: [{ name: 'Ada', wins: 10 }] } },
    })

    house.beforeFetch = (service) =>
      service === 'statistics' ? Promise.reject(new Error('down')) : Promise.resolve()
    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))
    expect((await stream.next()).value).toMatchObject({
      data: { bidPlaced: { amount: 7, leaders: [{ name: 'Ada', wins: null }] } },
      errors: [{ message: 'down' }],
    })

    await stream.return?.()
    await listening(house, 0)
    expect(closures()).toBe(0)
  })

  test('an invalid operation is answered on a socket that stays open', async () => {
    const { house, client, closures } = await connect()
    const kept = client.iterate({ query: 'subscription { bidPlaced { amount } }' })
    const next = kept.next()
    await listening(house, 1)

    const failure = await failureOf(
      client.iterate({ query: 'subscription ($on: Boolean!) { bidPlaced @include(if: $on) { amount } }' }),
    )
    house.bids.publish(aBid())

    expect(failure).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }])
    expect((await next).value).toEqual({ data: { bidPlaced: { amount: 7 } } })
    expect(closures()).toBe(0)
  })

  test('a refusal arrives as a result with errors, a reload of the schema as the end of the subscription', async () => {
    const { house, subscriptions, client, closures } = await connect()
    const refused = client.iterate({ query: 'subscription { secretBid { amount } }' })
    expect((await refused.next()).value).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })

    const failure = failureOf(client.iterate({ query: 'subscription { bidPlaced { amount } }' }))
    await listening(house, 1)
    subscriptions.close(schemaReloadError())

    expect(await failure).toMatchObject([{ extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } }])
    await listening(house, 0)
    expect(closures()).toBe(0)
  })
})
