import { once } from 'node:events'
import { openRateLimitStore } from '@arv/rate-limits'
import { createTestDatabase } from '@arv/testkit'
import type { TestDatabase } from '@arv/testkit'
import { createClient } from 'graphql-ws'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { DEFAULT_RATE_LIMITS } from '../src/rate-limits/rate-limit-settings.ts'
import type { RateLimitSettings } from '../src/rate-limits/rate-limit-settings.ts'
import type { GatewayDeps } from '../src/gateway.ts'
import { bearer, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

/** A platform with these limits and otherwise the usual ones. */
function start(limits: Partial<RateLimitSettings>, deps: Partial<GatewayDeps> = {}): Promise<Platform> {
  return startPlatform({ deps: { rateLimits: { ...DEFAULT_RATE_LIMITS, ...limits }, ...deps } })
}

const REFUSED = {
  message: expect.stringMatching(/^Too many requests\. Try again in (a second|\d+ seconds)\.$/),
  extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) },
}

/** How many requests in a row are answered. */
async function answered(ask: () => Promise<{ status: number }>): Promise<number> {
  for (let count = 0; count < 50; count++) {
    const { status } = await ask()
    if (status === 429) return count
  }
  throw new Error('nothing was refused')
}

/** Opens a socket; `refusal` is the answer that came in its place. */
async function openSocket(url: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  socket.on('error', () => undefined)
  const [refusal] = await Promise.race([
    once(socket, 'unexpected-response').then(([, answer]) => [answer]),
    once(socket, 'open').then(() => [null]),
  ])
  return { socket, refusal }
}

describe('over HTTP', () => {
  test('an answer says what its budget is and what is left of it', async () => {
    await using platform = await start({ stranger: 100 })
    const { status, headers } = await platform.graphql('{ sessionsCount }')
    expect(status).toBe(200)
    expect(headers.get('ratelimit-policy')).toBe(
      '"stranger";q=100;w=60;qu="points", "stranger-burst";q=200;w=600;qu="points"',
    )
    expect(headers.get('ratelimit')).toBe('"stranger";r=99;t=60')
    expect(headers.get('retry-after')).toBeNull()
  })

  test('who has used up the minute and the reserve is refused, and told when to come again', async () => {
    await using platform = await start({ stranger: 2 })
    for (let used = 0; used < 6; used++) {
      expect(await platform.graphql('{ sessionsCount }')).toMatchObject({ status: 200 })
    }
    const { status, headers, body } = await platform.graphql('{ filesStored }')
    expect({ status, errors: body.errors }).toEqual({ status: 429, errors: [REFUSED] })
    const seconds = Number(headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(body.errors?.[0]?.extensions?.['retryAfterSeconds']).toBe(seconds)
    expect(headers.get('ratelimit')).toMatch(/^"stranger";r=0;t=\d+, "stranger-burst";r=0;t=\d+$/)
  })

  test('nothing of a refused operation is run', async () => {
    await using platform = await start({ stranger: 1 })
    for (let used = 0; used < 3; used++) await platform.graphql('{ sessionsCount }')
    const before = platform.state.companiesAskedFor.length
    expect(await platform.graphql('{ contents { company { name } } }')).toMatchObject({ status: 429 })
    expect(platform.state.companiesAskedFor).toHaveLength(before)
  })

  test('what costs more takes more', async () => {
    await using platform = await start({ stranger: 1000 })
    const left = async (query: string) => {
      const { headers, body } = await platform.graphql(query)
      expect(body.errors).toBeUndefined()
      return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
    }
    const [first, second] = [await left('{ sessionsCount }'), await left('{ contents { id title } }')]
    expect(1000 - first).toBe(1)
    expect(first - second).toBeGreaterThan(20)
  })

  test('a user has a budget of their own, wherever strangers stand', async () => {
    await using platform = await start({ stranger: 1, user: 2 })
    const headers = bearer(await platform.token())
    expect(await answered(() => platform.graphql('{ sessionsCount }'))).toBe(3)
    expect(await answered(() => platform.graphql('{ sessionsCount }', { headers }))).toBe(6)
  })

  test('requests that are none are counted, too, before a token is looked at', async () => {
    await using platform = await start({ requests: 3 })
    const headers = bearer('no.token.really')
    expect(await answered(() => platform.graphql('{ sessionsCount }', { headers }))).toBe(3)
    const { status, headers: sent, body } = await platform.graphql('no document')
    expect({ status, errors: body.errors }).toEqual({ status: 429, errors: [REFUSED] })
    expect(sent.get('ratelimit-policy')).toBe('"requests";q=3;w=60')
    expect(platform.people.asked).toBe(0)
  })

  test('uploads are refused before a byte of them is read', async () => {
    await using platform = await start({ uploads: 2 })
    const upload = () => {
      const form = new FormData()
      form.append(
        'operations',
        JSON.stringify({
          query: 'mutation ($file: Upload!) { store(file: $file) { name } }',
          variables: { file: null },
        }),
      )
      form.append('map', JSON.stringify({ file: ['variables.file'] }))
      form.append('file', new Blob(['x']), 'x.txt')
      return fetch(`${platform.url}/graphql`, {
        method: 'POST',
        headers: { 'apollo-require-preflight': 'true' },
        body: form,
      })
    }
    expect(await answered(upload)).toBe(2)
    expect((await platform.graphql('{ filesStored }')).body.data).toEqual({ filesStored: 2 })
  })

  test.each([
    ['pages', '/', '"pages";q=2;w=60'],
    ['pages', '/nothing/is/here', '"pages";q=2;w=60'],
    ['qr', '/qr/0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7.svg', '"qr";q=2;w=60'],
    ['files', '/media/0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7/a.png', '"files";q=2;w=60'],
  ])('%s have a limit: %s', async (what, path, policy) => {
    await using platform = await start(
      { [what]: 2 },
      { mountRoutes: (app) => app.get('/media/:id/:name', async () => 'a file') },
    )
    const ask = () => fetch(`${platform.url}${path}`)
    expect(await answered(ask)).toBe(2)
    const refused = await ask()
    expect(refused.headers.get('ratelimit-policy')).toBe(policy)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await refused.text()).toMatch(/^Too many requests\. Try again in \d+ seconds\.\n$/)
    expect((await fetch(`${platform.url}/healthz`)).status).toBe(200)
  })
})

describe('an address', () => {
  const ask = (platform: Platform, forwardedFor: string) =>
    platform.graphql('{ sessionsCount }', { headers: { 'x-forwarded-for': forwardedFor } })

  test('that a client makes up gives no new budget', async () => {
    await using platform = await start({ requests: 3 })
    let made = 0
    expect(await answered(() => ask(platform, `192.0.2.${++made}`))).toBe(3)
  })

  test('that a trusted proxy names is whose budget it is', async () => {
    await using platform = await start({ requests: 3 }, { trustedProxies: ['loopback'] })
    expect(await answered(() => ask(platform, '192.0.2.1'))).toBe(3)
    expect(await ask(platform, '192.0.2.2')).toMatchObject({ status: 200 })
    // What the client itself had put in front of it is no proxy's word.
    expect(await ask(platform, '192.0.2.77, 192.0.2.1')).toMatchObject({ status: 429 })
  })

  test('of IPv6 counts by its network', async () => {
    await using platform = await start({ requests: 3 }, { trustedProxies: ['loopback'] })
    let made = 0
    expect(await answered(() => ask(platform, `2001:db8:1:2::${++made}`))).toBe(3)
    expect(await ask(platform, '2001:db8:1:3::1')).toMatchObject({ status: 200 })
  })
})

describe('over WebSocket', () => {
  const clientOf = (platform: Platform) =>
    createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
    })
  const first = async (client: ReturnType<typeof clientOf>, query: string): Promise<unknown> => {
    for await (const result of client.iterate({ query })) return result
    throw new Error('no answer')
  }

  test('an operation that is too much is refused, and the socket goes on', async () => {
    await using platform = await start({ stranger: 1 })
    const client = clientOf(platform)
    for (let used = 0; used < 3; used++) {
      expect(await first(client, '{ sessionsCount }')).toMatchObject({ data: { sessionsCount: 12 } })
    }
    for (let again = 0; again < 2; again++) {
      expect(await first(client, '{ sessionsCount }')).toMatchObject({ errors: [REFUSED] })
    }
    await client.dispose()
  })

  test('so is a subscription, before it begins', async () => {
    await using platform = await start({ subscriptions: 1 })
    const client = clientOf(platform)
    const events = client.iterate({ query: 'subscription { contentChanged { id } }' })
    const event = events.next()
    await expect.poll(() => platform.state.subscribers()).toBe(1)
    const refused = first(client, 'subscription { contentChanged { title } }')
    await expect(refused).rejects.toMatchObject([REFUSED])
    expect(platform.state.subscribers()).toBe(1)
    platform.state.changeContent('1')
    expect(await event).toMatchObject({ value: { data: { contentChanged: { id: '1' } } } })
    await client.dispose()
  })

  test('and so are messages that are no operations', async () => {
    await using platform = await start({ requests: 2 })
    const client = clientOf(platform)
    for (let used = 0; used < 2; used++) {
      await expect(first(client, 'nonsense')).rejects.toMatchObject([
        { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
      ])
    }
    await expect(first(client, 'nonsense')).rejects.toMatchObject([REFUSED])
    await client.dispose()
  })

  test('sockets are refused while they are opened', async () => {
    await using platform = await start({ connects: 2 })
    const open = async () => {
      const { socket, refusal } = await openSocket(platform.url)
      socket.terminate()
      return refusal
    }
    expect([await open(), await open()]).toEqual([null, null])
    const refused = await open()
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['retry-after']).toMatch(/^\d+$/)
  })

  test('sockets are refused while an address has as many open as it may, and no longer', async () => {
    await using platform = await start({}, { maxSockets: 2 })
    const [one, other] = [await openSocket(platform.url), await openSocket(platform.url)]
    expect([one.refusal, other.refusal]).toEqual([null, null])
    const third = await openSocket(platform.url)
    expect(third.refusal).toMatchObject({ statusCode: 429, headers: { 'retry-after': '30' } })
    one.socket.close()
    await once(one.socket, 'close')
    await vi.waitFor(async () => expect(await openSocket(platform.url)).toMatchObject({ refusal: null }))
    expect(other.socket.readyState).toBe(WebSocket.OPEN)
  })
})

describe('many gateways', () => {
  const silent = pino({ level: 'silent' })
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  test('on one database have one budget', async () => {
    const stores = [1, 2].map(() => openRateLimitStore({ url: database.urls.gateway, logger: silent }))
    const [one, other] = stores
    if (!one || !other) throw new Error('two were opened')
    {
      await using here = await start({ stranger: 4 }, { rateLimitStore: one })
      await using there = await start({ stranger: 4 }, { rateLimitStore: other })
      let asked = 0
      expect(await answered(() => (asked++ % 2 ? there : here).graphql('{ sessionsCount }'))).toBe(12)
      expect(await here.graphql('{ sessionsCount }')).toMatchObject({ status: 429 })
    }
    await Promise.all(stores.map((store) => store.close()))
  })

  test('whose database is away serve on, each for itself', async () => {
    const store = openRateLimitStore({
      url: 'postgres://arv_gateway_login:x@127.0.0.1:1/arv',
      logger: silent,
    })
    {
      await using platform = await start({ stranger: 2 }, { rateLimitStore: store })
      expect(await answered(() => platform.graphql('{ sessionsCount }'))).toBe(6)
    }
    await store.close()
  })
})
