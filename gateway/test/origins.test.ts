import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PUBLIC_URL, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const ADMIN = 'https://admin.example'
const STRANGE = 'https://evil.example'

let platform: Platform

beforeAll(async () => {
  platform = await startPlatform({
    deps: {
      corsOrigins: [ADMIN, 'http://localhost:5173'],
      mountRoutes(app) {
        app.get('/media/open', (_request, reply) =>
          reply.headers({ 'access-control-allow-origin': '*', vary: 'accept-encoding' }).send('open'),
        )
        app.get('/media/shut', (_request, reply) => reply.header('vary', 'accept-encoding').send('shut'))
      },
    },
  })
})
afterAll(() => platform[Symbol.asyncDispose]())

const preflight = (origin: string, path = '/graphql') =>
  fetch(`${platform.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  })

describe('a page of another origin', () => {
  test.for(['/graphql', '/graphql/', '/media/shut', '/nothing/here'])(
    'that is listed may send what it likes to %s',
    async (path) => {
      const response = await preflight(ADMIN, path)
      expect([response.status, await response.text()]).toEqual([204, ''])
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': ADMIN,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-max-age': '7200',
        vary: 'origin, access-control-request-method, access-control-request-headers',
      })
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    },
  )

  test.for([STRANGE, 'null', 'https://admin.example.evil.example', 'http://admin.example', `${ADMIN}:444`])(
    'that is not listed may send nothing: %s',
    async (origin) => {
      const response = await preflight(origin)
      expect([response.status, await response.text()]).toEqual([403, 'This origin is not allowed.\n'])
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test('that is listed may read answers, refusals, and the headers that tell about them', async () => {
    for (const [query, status] of [
      ['{ me { id } }', 200],
      ['{ nothing }', 400],
    ] as const) {
      const { headers, ...answer } = await platform.graphql(query, { headers: { origin: ADMIN } })
      expect([answer.status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
        status,
        ADMIN,
        'origin',
      ])
      expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(
        expect.arrayContaining(['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy']),
      )
    }
    const refused = await platform.graphql('{ me { id } }', {
      headers: { origin: ADMIN, authorization: 'Bearer nonsense' },
    })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, ADMIN])
  })

  test('that is not listed may read nothing', async () => {
    const { headers } = await platform.graphql('{ me { id } }', { headers: { origin: STRANGE } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('vary')).toBe('origin')
  })

  test('reads public files whoever it is, and what else an answer varies by is kept', async () => {
    const [open, shut] = await Promise.all(
      ['open', 'shut'].map((name) => fetch(`${platform.url}/media/${name}`, { headers: { origin: ADMIN } })),
    )
    expect([open?.headers.get('access-control-allow-origin'), open?.headers.get('vary')]).toEqual([
      '*',
      'accept-encoding',
    ])
    expect([shut?.headers.get('access-control-allow-origin'), shut?.headers.get('vary')]).toEqual([
      ADMIN,
      'accept-encoding, origin',
    ])
  })
})

test('OPTIONS that is no preflight is told which methods there are', async () => {
  const response = await fetch(`${platform.url}/graphql`, { method: 'OPTIONS', headers: { origin: ADMIN } })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
})

describe('a WebSocket', () => {
  test.for([
    ['of no browser', undefined],
    ['of a page of the public address', PUBLIC_URL],
    ['of a listed page', ADMIN],
    ['of another listed page', 'http://localhost:5173'],
    ['of a page under the name that the socket goes to', 'http://arv.local:4000'],
  ] as const)('%s is opened', async ([, origin]) => {
    expect(await upgrade(origin)).toBe('HTTP/1.1 101 Switching Protocols')
  })

  test.for([
    STRANGE,
    'null',
    'file://',
    'http://arv.local:4001',
    'https://arv.example.evil.example',
    'nonsense',
  ])('of a page of %s is refused', async (origin) => {
    expect(await upgrade(origin)).toBe('HTTP/1.1 403 Forbidden')
  })

  async function upgrade(origin: string | undefined): Promise<string | undefined> {
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1')
    const head = [
      'GET /graphql HTTP/1.1',
      'host: arv.local:4000',
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol: graphql-transport-ws',
      ...(origin === undefined ? [] : [`origin: ${origin}`]),
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    // It closes what it opened when nothing that it can read as a frame comes.
    socket.once('data', () => socket.end(Buffer.from([0xff, 0xff, 0xff, 0xff])))
    return (await text(socket)).split('\r\n')[0]
  }
})
