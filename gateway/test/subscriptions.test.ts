import { once } from 'node:events'
import { connect as connectTo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import type { Client } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DEFAULT_LIMITS } from '../src/operations/gateway-limits.ts'
import { VIEWED } from './fixture-subgraphs.ts'
import { bearer, fixtureSupergraph, SHAPES, startPlatform, withoutExtensions } from './platform.ts'
import type { Platform } from './platform.ts'

const UPGRADE = [
  'GET /graphql HTTP/1.1',
  'host: arv',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol: graphql-transport-ws',
  '\r\n',
].join('\r\n')
const CHANGES = 'subscription { contentChanged { title company { name } viewsCount } }'

describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform

  beforeAll(async () => {
    platform = await startPlatform({ shape })
  })
  afterAll(() => platform[Symbol.asyncDispose]())

  test('a subscriber is pushed what changed, with the fields of every subgraph', async () => {
    const client = connect(platform)
    const events = client.iterate({ query: CHANGES })
    const first = events.next()
    await subscribed(platform)
    platform.state.changeContent('2')
    expect(await first).toEqual({
      done: false,
      value: {
        data: { contentChanged: { title: 'Poster', company: { name: 'Vertex AR' }, viewsCount: 200 } },
        extensions: { cost: { requested: 5, limit: 100_000 } },
      },
    })
    platform.state.changeContent('3')
    expect((await events.next()).value).toMatchObject({ data: { contentChanged: { title: 'Postcard' } } })
    await client.dispose()
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(0))
  })

  test('a stream that its source refuses says so at its field, under the client’s name for it', async () => {
    const client = connect(platform)
    const events = client.iterate({
      query: `subscription { mine: viewerContentChanged(uniqueId: "${VIEWED}", after: "nonsense") { cursor } }`,
    })
    expect((await events.next()).value).toMatchObject({
      data: null,
      errors: [
        {
          message: 'No such cursor.',
          path: ['mine'],
          extensions: { code: 'BAD_USER_INPUT', field: 'after' },
        },
      ],
    })
    await client.dispose()
  })

  test('a subgraph that fails costs its fields, and the stream goes on', async () => {
    const client = connect(platform)
    const events = client.iterate({ query: CHANGES })
    const first = events.next()
    await subscribed(platform)
    platform.state.analyticsFails = true
    platform.state.changeContent('1')
    const { value } = await first
    expect(withoutExtensions(value ?? {})).toEqual({
      data: { contentChanged: { title: 'Wedding', company: { name: 'Vertex AR' }, viewsCount: null } },
      errors: [
        {
          message: 'Something went wrong on our side.',
          path: ['contentChanged', 'viewsCount'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        },
      ],
    })
    platform.state.analyticsFails = false
    platform.state.changeContent('1')
    expect((await events.next()).value).toMatchObject({ data: { contentChanged: { viewsCount: 100 } } })
    await client.dispose()
  })
})

describe('subscriptions that are open at a time', () => {
  const refused = (message: string) => [
    { message, extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 30, requestId: expect.any(String) } },
  ]
  const OF_AN_ADDRESS = 'An address has room for 3 subscriptions at a time. Complete one, or try again later.'
  const OF_A_USER = 'A user has room for 2 subscriptions at a time. Complete one, or try again later.'
  let platform: Platform

  beforeAll(async () => {
    const limits = { ...DEFAULT_LIMITS, openSubscriptionsOfAddress: 3, openSubscriptionsOfPrincipal: 2 }
    platform = await startPlatform({ deps: { limits } })
  })
  afterAll(() => platform[Symbol.asyncDispose]())

  const open = (client: Client, query = CHANGES) => {
    const events = client.iterate({ query })
    return { next: events.next(), complete: () => events.return?.() }
  }
  const subscribers = (count: number) =>
    vi.waitFor(() => expect(platform.state.subscribers()).toBe(count), { interval: 10 })

  test('are so many of an address, over however many sockets, and whichever ends makes room', async () => {
    const [one, other] = [connect(platform), connect(platform)]
    const first = open(one)
    // Each a source of its own: those who ask for the same share one.
    const second = open(one, 'subscription { contentChanged { id } }')
    const third = open(other)
    await vi.waitFor(() => expect(openSubscriptions(platform)).resolves.toBe(3))
    await expect(open(other).next).rejects.toMatchObject(refused(OF_AN_ADDRESS))
    await first.complete()
    await vi.waitFor(() => expect(openSubscriptions(platform)).resolves.toBe(2))
    const fourth = open(other)
    await vi.waitFor(() => expect(openSubscriptions(platform)).resolves.toBe(3))
    await expect(open(one).next).rejects.toMatchObject(refused(OF_AN_ADDRESS))
    platform.state.changeContent('1')
    for (const { next } of [second, third, fourth]) expect((await next).value?.errors).toBeUndefined()
    await one.dispose()
    await other.dispose()
    await subscribers(0)
  })

  test('are so many of a user, whatever strangers of the address have open', async () => {
    const [stranger, ann, bob] = [
      connect(platform),
      connect(platform, await platform.token()),
      connect(platform, await platform.token({ userId: 6 })),
    ]
    platform.people.principals.set(6, { kind: 'user', userId: 6, isPlatformAdmin: false, memberships: [] })
    for (const client of [stranger, stranger, stranger, ann, ann, bob])
      void open(client).next.catch(() => undefined)
    await vi.waitFor(() => expect(openSubscriptions(platform)).resolves.toBe(6))
    await expect(open(ann).next).rejects.toMatchObject(refused(OF_A_USER))
    await expect(open(stranger).next).rejects.toMatchObject(refused(OF_AN_ADDRESS))
    void open(bob).next.catch(() => undefined)
    await vi.waitFor(() => expect(openSubscriptions(platform)).resolves.toBe(7))
    for (const client of [stranger, ann, bob]) await client.dispose()
    await subscribers(0)
  })

  test('are given back by what does not open, or is broken off', async () => {
    const client = connect(platform)
    const REFUSED_AT_ONCE = `subscription { viewerContentChanged(uniqueId: "zz") { cursor } }`
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await open(client, REFUSED_AT_ONCE).next).value).toMatchObject({ errors: [{}] })
    }
    for (let attempt = 0; attempt < 10; attempt++) {
      const brief = client.iterate({ query: CHANGES })
      void brief.next()
      await brief.return?.()
    }
    for (let attempt = 0; attempt < 10; attempt++) {
      const broken = connect(platform)
      broken.on('message', () => broken.terminate())
      await open(broken)
        .next.then(() => undefined)
        .catch(() => undefined)
    }
    await subscribers(0)
    const lasting = [open(client), open(client), open(client)]
    await vi.waitFor(() => expect(openSubscriptions(platform)).resolves.toBe(3))
    platform.state.changeContent('1')
    for (const { next } of lasting) expect((await next).value?.errors).toBeUndefined()
    await client.dispose()
  })
})

describe('over a WebSocket', () => {
  let platform: Platform
  const VIEWED_BY =
    'subscription ($id: UUID!, $after: String) { viewerContentChanged(uniqueId: $id, after: $after) { at } }'

  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform[Symbol.asyncDispose]())

  test('a query is answered, for whom the token names', async () => {
    const client = connect(platform, await platform.token())
    expect(await ask(client, '{ me { id } whoAsks { ipAddress } }')).toEqual({
      data: { me: { id: '5' }, whoAsks: { ipAddress: '127.0.0.1' } },
    })
    await client.dispose()
  })

  test.for([
    ['a query', 'query ($id: UUID!) { viewerContent(uniqueId: $id) { title } }', { id: 'zz' }, 'uniqueId'],
    ['a query, written', '{ viewerContent(uniqueId: "zz") { title } }', {}, 'uniqueId'],
    [
      'a query, of a type that all know',
      'query ($n: Int) { shelf(first: $n) { title } }',
      { n: 'x' },
      'first',
    ],
    ['a subscription', VIEWED_BY, { id: 'zz' }, 'uniqueId'],
    [
      'a subscription, written',
      'subscription { viewerContentChanged(uniqueId: "zz") { at } }',
      {},
      'uniqueId',
    ],
    ['a subscription, of a type that all know', VIEWED_BY, { id: VIEWED, after: 7 }, 'after'],
  ] as const)('the field of a value that is refused is named: in %s', async ([, query, variables, field]) => {
    const client = connect(platform)
    const answer = await client
      .iterate({ query, variables })
      .next()
      .then(
        ({ value }) => value,
        (errors: unknown) => ({ errors }),
      )
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', field } }] })
    await client.dispose()
  })

  test('a query’s error is masked as over HTTP', async () => {
    const client = connect(platform)
    expect(await ask(client, '{ broken }')).toMatchObject({
      data: { broken: null },
      errors: [{ message: 'Something went wrong on our side.', path: ['broken'] }],
    })
    await client.dispose()
  })

  test.for([
    ['that does not parse', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['of an unknown field', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'whose one field may be left out',
      'subscription ($no: Boolean = false) { contentChanged @include(if: $no) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ] as const)('a subscription %s is refused and the socket stays', async ([, query, code]) => {
    const client = connect(platform)
    await expect(client.iterate({ query }).next()).rejects.toMatchObject([{ extensions: { code } }])
    expect(await ask(client, '{ me { id } }')).toEqual({ data: { me: null } })
    await client.dispose()
  })

  test('a bad token closes the socket: nobody is taken for nobody', async () => {
    const client = connect(platform, 'nonsense')
    await expect(ask(client, '{ me { id } }')).rejects.toMatchObject({
      code: 4403,
      reason: 'The access token is not valid.',
    })
  })

  test('the socket ends when its token expires', async () => {
    const client = connect(platform, await platform.token({}, 2))
    const closed = Promise.withResolvers<unknown>()
    client.on('closed', closed.resolve)
    const next = client.iterate({ query: CHANGES }).next()
    next.catch(() => undefined)
    expect(await closed.promise).toMatchObject({ code: 4403, reason: 'The access token has expired.' })
    await expect(next).rejects.toMatchObject({ code: 4403 })
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(0))
  })

  test('nothing is pushed to somebody who has signed out', async () => {
    const client = connect(platform, await platform.token({ familyId: 'gone' }))
    const next = client.iterate({ query: CHANGES }).next()
    next.catch(() => undefined)
    await subscribed(platform)
    platform.people.revokedFamilies.add('gone')
    await delay(1000)
    platform.state.changeContent('1')
    await expect(next).rejects.toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    await client.dispose()
  })

  test('a subscription ends when the schema is replaced, and says why', async () => {
    await using changing = await startPlatform()
    const client = connect(changing)
    const next = client.iterate({ query: CHANGES }).next()
    next.catch(() => undefined)
    await subscribed(changing)
    changing.gateway.reload(fixtureSupergraph(' type Added @key(fields: "id") { id: ID! }'))
    await expect(next).rejects.toMatchObject([{ extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' } }])
    const again = client.iterate({ query: CHANGES })
    const event = again.next()
    await subscribed(changing)
    changing.state.changeContent('1')
    expect((await event).value).toMatchObject({ data: { contentChanged: { title: 'Wedding' } } })
    await client.dispose()
  })

  test.for([['graphql-ws'], []])(
    'a client that speaks only %j is told that it isn’t acceptable',
    async (protocols) => {
      const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/graphql`, protocols)
      const closed = Promise.withResolvers<number>()
      socket.addEventListener('close', ({ code }) => closed.resolve(code))
      expect(await closed.promise).toBe(4406)
    },
  )

  test('a client that speaks the old protocol, too, is answered in the new one', async () => {
    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/graphql/`, [
      'graphql-ws',
      'graphql-transport-ws',
    ])
    const opened = Promise.withResolvers<void>()
    socket.addEventListener('open', () => opened.resolve())
    await opened.promise
    expect(socket.protocol).toBe('graphql-transport-ws')
    socket.close()
  })

  test('a malformed frame closes its socket and is nothing to print', async () => {
    const printed = vi.spyOn(console, 'error')
    const socket = connectTo(Number(new URL(platform.url).port), '127.0.0.1')
    socket.write(UPGRADE)
    const [head]: Buffer[] = await once(socket, 'data')
    expect(head?.toString()).toMatch(/^HTTP\/1.1 101 /)
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))
    const [frame]: Buffer[] = await once(socket, 'data')
    expect([frame?.[0], frame?.readUInt16BE(2)]).toEqual([0x88, 1002])
    socket.destroy()
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  test('another path than the endpoint’s opens no socket', async () => {
    const closed = Promise.withResolvers<void>()
    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/other`, 'graphql-transport-ws')
    socket.addEventListener('error', () => closed.resolve())
    await closed.promise
    expect(socket.readyState).toBe(WebSocket.CLOSED)
  })

  test('closing the gateway closes sockets as “going away”', async () => {
    const leaving = await startPlatform()
    const client = connect(leaving)
    const closed = Promise.withResolvers<unknown>()
    client.on('closed', closed.resolve)
    const next = client.iterate({ query: CHANGES }).next()
    next.catch(() => undefined)
    await subscribed(leaving)
    await leaving[Symbol.asyncDispose]()
    expect(await closed.promise).toMatchObject({ code: 1001 })
  })
})

function connect({ url }: Platform, token?: string): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    retryAttempts: 0,
    ...(token !== undefined && { connectionParams: bearer(token) }),
  })
}

async function ask(client: Client, query: string): Promise<unknown> {
  const { value } = await client.iterate({ query }).next()
  return withoutExtensions(value ?? {})
}

async function subscribed({ state }: Platform): Promise<void> {
  await vi.waitFor(() => expect(state.subscribers()).toBe(1), { interval: 10 })
}

/** As the gateway's metrics tell it. */
async function openSubscriptions({ url }: Platform): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const counts = [...metrics.matchAll(/^arv_subscriptions_open\{.*\} (\d+)$/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}
