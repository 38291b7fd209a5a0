import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { VIEWED } from './fixture-subgraphs.ts'
import { startPlatform } from './platform.ts'
import type { GraphqlBody, Platform } from './platform.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown

/** Analytics as a process that does what the test says. */
async function startAnalytics(answer: Answer) {
  const state = { answer, calls: 0 }
  const server = createServer((request, response) => {
    state.calls += 1
    request.resume()
    request.once('end', () => void state.answer(response, request))
    for (const each of [request, response]) each.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It does not listen on a port.')
  return { state, url: `http://127.0.0.1:${address.port}` }
}

const SHORT = { queryMs: 400, commitMs: 300, answerMs: 300 }
const CONTENTS = '{ contents { title viewsCount } }'
/** What an error must not tell, whatever the subgraph said. */
const INTERNALS =
  /127\.0\.0\.1|ECONN|nginx|<h1>|select |node_modules|SyntaxError|at .*\.ts:|fetch failed|socket/i

/** All that analytics owns is lost, each with an error at its place, and nothing else is. */
function expectOnlyAnalyticsLost(body: GraphqlBody) {
  expect(body.data).toEqual({
    contents: [
      { title: 'Wedding', viewsCount: null },
      { title: 'Poster', viewsCount: null },
      { title: 'Postcard', viewsCount: null },
    ],
  })
  expect(body.errors?.map(({ path, extensions }) => ({ path, extensions }))).toEqual(
    [0, 1, 2].map((index) => ({
      path: ['contents', index, 'viewsCount'],
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    })),
  )
  expect(JSON.stringify(body)).not.toMatch(INTERNALS)
}

const raw =
  (body: string, { status = 200, type = 'application/json' } = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': type }).end(body)
const json = (value: unknown) => raw(JSON.stringify(value))
const entities = (...values: unknown[]) => json({ data: { _entities: values } })

const FAULTS: readonly (readonly [string, Answer])[] = [
  ['never answers', () => undefined],
  ['answers with a page', raw('<h1>nginx</h1>', { type: 'text/html' })],
  ['answers 500', raw('select * from analytics.sessions', { status: 500, type: 'text/plain' })],
  ['answers 500 with a result', raw('{"data":{"_entities":[null,null,null]}}', { status: 500 })],
  ['answers 204', (response) => response.writeHead(204).end()],
  ['answers with nothing', raw('')],
  ['sends elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['answers null', raw('null')],
  ['answers a list', raw('[]')],
  ['answers an empty object', raw('{}')],
  ['answers no data and no errors', raw('{"data":null}')],
  ['answers JSON that ends early', raw('{"data":{"_entities":[{"viewsC')],
  ['answers lists in lists in lists', raw('['.repeat(200_000))],
  [
    'answers bytes',
    (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.alloc(999, 0xff)),
  ],
  [
    'says that nonsense is gzip',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end('nonsense'),
  ],
  ['answers too few entities', entities({ viewsCount: 1 })],
  ['answers no entities', entities()],
  ['answers too many entities', entities(...Array.from({ length: 4 }, () => ({ viewsCount: 1 })))],
  ['answers entities of no shape', entities('a', 1, true)],
  ['answers entities without their fields', entities({}, {}, {})],
  ['answers text in place of numbers', entities(...['1', '2', '3'].map((viewsCount) => ({ viewsCount })))],
  ['answers an object in place of the entities', json({ data: { _entities: { 0: {} } } })],
  ['answers errors of no shape', json({ data: null, errors: ['select 1', 7, null] })],
  ['dies at once', (_response, request) => request.socket.destroy()],
  [
    'dies in the middle of its answer',
    async (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' })
      response.write('{"data":')
      await delay(20)
      response.destroy()
    },
  ],
  [
    'stops in the middle of its answer',
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":'),
  ],
  [
    'trickles its headers',
    async (_response, { socket }) => {
      for (const letter of 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'.repeat(9)) {
        if (socket.destroyed) return
        socket.write(letter)
        await delay(20)
      }
    },
  ],
  [
    'trickles its answer',
    async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      while (!response.destroyed) {
        response.write(' ')
        await delay(20)
      }
    },
  ],
  [
    'sends headers without end',
    (_response, { socket }) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(300_000)}`),
  ],
  ['speaks no HTTP', (_response, { socket }) => socket.end('SSH-2.0-OpenSSH\r\n')],
  [
    'announces 100 MB',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000000' })
      response.write('{')
    },
  ],
]

describe('a subgraph in another process that', () => {
  test('fails in any way costs its own fields only', { timeout: 60_000 }, async () => {
    const { state, url } = await startAnalytics(() => undefined)
    await using platform = await startPlatform({
      shape: 'many processes',
      deadlines: SHORT,
      elsewhere: { analytics: url },
    })
    for (const [what, answer] of FAULTS) {
      state.answer = answer
      const { status, headers, body } = await platform.graphql(CONTENTS)
      expect(status, what).toBe(200)
      expectOnlyAnalyticsLost(body)
      const requestId = headers.get('x-request-id')
      expect(
        platform.log.some((line) => line['requestId'] === requestId),
        what,
      ).toBe(true)
    }
    state.answer = entities({ viewsCount: 1 }, { viewsCount: null }, { viewsCount: 3 })
    expect((await platform.graphql(CONTENTS)).body).toEqual({
      data: {
        contents: [
          { title: 'Wedding', viewsCount: 1 },
          { title: 'Poster', viewsCount: null },
          { title: 'Postcard', viewsCount: 3 },
        ],
      },
    })
  })

  test('answers without end is not listened to for longer than 32 MB', { timeout: 20_000 }, async () => {
    let sent = 0
    const { url } = await startAnalytics(async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const megabyte = Buffer.alloc(1_000_000, ' ')
      for (; sent < 100 && !response.destroyed; sent += 1) {
        if (!response.write(megabyte)) {
          await Promise.race([new Promise((resolve) => response.once('drain', resolve)), delay(1000)])
        }
      }
    })
    await using platform = await startPlatform({ shape: 'many processes', elsewhere: { analytics: url } })
    expectOnlyAnalyticsLost((await platform.graphql(CONTENTS)).body)
    expect(sent).toBeLessThan(60)
  })

  test('hangs is waited for, but less than five seconds', async () => {
    const { url } = await startAnalytics(() => undefined)
    await using platform = await startPlatform({ shape: 'many processes', elsewhere: { analytics: url } })
    const started = performance.now()
    expectOnlyAnalyticsLost((await platform.graphql(CONTENTS)).body)
    expect(performance.now() - started).toBeLessThan(5000)
  }, 15_000)

  test('owns a root field that can’t be null leaves no data, and says why', async () => {
    const { url } = await startAnalytics((_response, request) => request.socket.destroy())
    await using platform = await startPlatform({ shape: 'many processes', elsewhere: { analytics: url } })
    const { status, body } = await platform.graphql('{ sessionsCount contents { title } }')
    expect([status, body]).toEqual([
      200,
      {
        data: null,
        errors: [
          {
            message: 'This part of the service is not available right now. Try again shortly.',
            path: ['sessionsCount'],
            extensions: { code: 'SERVICE_UNAVAILABLE' },
          },
        ],
      },
    ])
  })
})

describe('a subgraph in the same process whose resolver', () => {
  const overflow: (depth: number) => number = (depth) => overflow(depth + 1) + 1
  const faults: readonly (readonly [string, () => unknown, string])[] = [
    ['throws', () => Promise.reject(new Error('select * from analytics.sessions')), 'INTERNAL_SERVER_ERROR'],
    ['overflows the stack', () => overflow(0), 'INTERNAL_SERVER_ERROR'],
    ['throws what is no error', () => Promise.reject('connect ECONNREFUSED'), 'INTERNAL_SERVER_ERROR'],
    ['answers another type', () => 'many', 'INTERNAL_SERVER_ERROR'],
    ['hangs', () => new Promise(() => undefined), 'SERVICE_UNAVAILABLE'],
  ]
  test.for(faults)('%s costs its own fields only', async ([, fault, code]) => {
    await using platform = await startPlatform({ deadlines: SHORT })
    platform.state.analyticsFault = fault
    const { body } = await platform.graphql(CONTENTS)
    expect(body.data).toMatchObject({ contents: [{ title: 'Wedding', viewsCount: null }, {}, {}] })
    expect(body.errors?.map(({ path, extensions }) => ({ path, extensions }))).toEqual(
      [0, 1, 2].map((index) => ({ path: ['contents', index, 'viewsCount'], extensions: { code } })),
    )
    expect(JSON.stringify(body)).not.toMatch(INTERNALS)
  })
})

describe('a mutation', () => {
  const MUTATION = 'mutation { recordVisit }'
  const outcomeOf = async (platform: Platform) => {
    const { body } = await platform.graphql(MUTATION)
    expect(body.data).toEqual({ recordVisit: null })
    return body.errors?.map(({ path, extensions }) => ({ path, ...extensions }))
  }
  const unavailable = (outcome: string) => [{ path: ['recordVisit'], code: 'SERVICE_UNAVAILABLE', outcome }]

  test('of a subgraph that is not there was certainly not done', async () => {
    await using platform = await startPlatform({
      shape: 'many processes',
      elsewhere: { analytics: 'http://127.0.0.1:1' },
    })
    expect(await outcomeOf(platform)).toEqual(unavailable('NOT_DONE'))
  })

  test.for([
    [
      'dies while it works on it',
      (_response: ServerResponse, request: IncomingMessage) => request.socket.destroy(),
    ],
    ['never answers', () => undefined],
    ['answers nonsense', raw('<h1>nginx</h1>', { type: 'text/html' })],
  ] as const)('of a subgraph that %s may have been done, and is not sent again', async ([, answer]) => {
    const { state, url } = await startAnalytics(answer)
    await using platform = await startPlatform({
      shape: 'many processes',
      deadlines: SHORT,
      elsewhere: { analytics: url },
    })
    expect(await outcomeOf(platform)).toEqual(unavailable('UNKNOWN'))
    expect(state.calls).toBe(1)
  })

  test('tells its subgraph until when it may commit', async () => {
    let within: unknown
    const { url } = await startAnalytics((response, { headers }) => {
      within = headers['x-arv-commit-within']
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"recordVisit":1}}')
    })
    await using platform = await startPlatform({ shape: 'many processes', elsewhere: { analytics: url } })
    expect((await platform.graphql(MUTATION)).body).toEqual({ data: { recordVisit: 1 } })
    expect(within).toBe('10000')
  })

  test.for(['one process', 'many processes'] as const)(
    'that hangs in %s is said to be undone, for it can’t commit any more',
    async (shape) => {
      await using platform = await startPlatform({
        shape,
        deadlines: { commitMs: 100, answerMs: 3000 },
      })
      platform.state.analyticsFault = () => new Promise(() => undefined)
      expect(await outcomeOf(platform)).toEqual(unavailable('NOT_DONE'))
    },
  )
})

describe('a subscription whose subgraph dies', () => {
  test('is told so and ends; while it is away others are refused; when it is back it goes on from the cursor', async () => {
    await using platform = await startPlatform({ shape: 'many processes' })
    const client = createClient({ url: `${platform.url.replace('http', 'ws')}/graphql`, retryAttempts: 0 })
    const subscribe = (after: string | null) =>
      client.iterate({
        query: `subscription ($after: String) {
          viewerContentChanged(uniqueId: "${VIEWED}", after: $after) { cursor content { title } }
        }`,
        variables: { after },
      })
    const isSubscribed = () =>
      vi.waitFor(() => expect(platform.state.subscribers()).toBe(1), { interval: 10, timeout: 5000 })
    const lost = {
      data: null,
      errors: [
        {
          message: 'This part of the service is not available right now. Try again shortly.',
          extensions: { code: 'SERVICE_UNAVAILABLE', requestId: expect.any(String) },
        },
      ],
    }

    const events = subscribe(null)
    const first = events.next()
    await isSubscribed()
    platform.state.showViewers('c-1', 'Wedding')
    expect((await first).value).toMatchObject({ data: { viewerContentChanged: { cursor: 'c-1' } } })
    await platform.stopSubgraph('content')
    expect((await events.next()).value).toMatchObject(lost)
    expect((await events.next()).done).toBe(true)

    expect((await subscribe('c-1').next()).value).toMatchObject({ errors: lost.errors })

    await platform.restartSubgraph('content')
    const again = subscribe('c-1')
    const next = again.next()
    await isSubscribed()
    expect(platform.state.viewersAfter).toEqual([null, 'c-1'])
    platform.state.showViewers('c-2', 'Poster')
    expect((await next).value).toMatchObject({
      data: { viewerContentChanged: { cursor: 'c-2', content: { title: 'Poster' } } },
    })
    await client.dispose()
  }, 20_000)
})
