import {
  ANONYMOUS,
  createAccessTokenIssuer,
  createInternalTokenSigner,
  generateSigningKey,
} from '@arv/identity'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { hostNotes, privateJwk, tokens } from './shapes.ts'

let notes: Awaited<ReturnType<typeof hostNotes>>
beforeEach(async () => {
  notes = await hostNotes()
})
afterEach(() => notes.close())

async function call(
  path: string,
  {
    token,
    body,
    method = 'POST',
    headers,
  }: { token?: string; body?: unknown; method?: string; headers?: Record<string, string> },
) {
  const response = await fetch(new URL(path, notes.url), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: await response.json() }
}

const refusal = {
  status: 401,
  json: {
    errors: [
      { message: 'An internal token for this subgraph is needed.', extensions: { code: 'UNAUTHENTICATED' } },
    ],
  },
}
const who = { principal: ANONYMOUS }

describe('a subgraph’s host', () => {
  test.each([
    ['POST', '/graphql', { query: '{ asker { userId } }' }],
    ['POST', '/graphql', { query: '{ _service { sdl } }' }],
    ['POST', '/graphql', { query: '{ _entities(representations: []) { __typename } }' }],
    ['POST', '/internal/count', {}],
    ['GET', '/files/a', undefined],
    ['GET', '/', undefined],
    ['GET', '/nothing', undefined],
  ])('answers %s %s %j to nobody without a token', async (method, path, body) => {
    expect(await call(path, { method, body })).toEqual(refusal)
  })

  test('answers neither to a token for another subgraph, nor a stranger’s, nor a user’s, nor nonsense', async () => {
    const issuer = createAccessTokenIssuer({
      privateJwk,
      issuer: 'arv',
      audience: 'subgraph:content',
      ttlSeconds: 60,
    })
    const wrong = [
      await tokens.sign('subgraph:media', who),
      await createInternalTokenSigner({ privateJwk: generateSigningKey() }).sign('subgraph:content', who),
      (await issuer.issue({ userId: 1, familyId: 'f' })).token,
      'nonsense',
    ]
    for (const token of wrong) {
      expect(await call('/graphql', { token, body: { query: '{ _service { sdl } }' } })).toEqual(refusal)
    }
  })

  test('says to everyone whether it lives and is ready', async () => {
    expect(await call('/healthz', { method: 'GET' })).toEqual({ status: 200, json: { status: 'ok' } })
    expect(await call('/readyz', { method: 'GET' })).toEqual({
      status: 200,
      json: { status: 'ready', parts: { content: 'ready' } },
    })
  })

  test('answers with a token: operations, the SDL, the subgraph’s own routes', async () => {
    const token = await tokens.sign('subgraph:content', who)
    expect(await call('/graphql', { token, body: { query: '{ asker { userId } }' } })).toEqual({
      status: 200,
      json: { data: { asker: { userId: null } } },
    })
    expect(await call('/graphql', { token, body: { query: '{ _service { sdl } }' } })).toMatchObject({
      json: { data: { _service: { sdl: expect.stringContaining('Something worth remembering.') } } },
    })
    expect(await call('/files/a', { token, method: 'GET' })).toEqual({
      status: 200,
      json: { url: '/files/a' },
    })
    expect(await call('/nothing', { token, method: 'GET' })).toMatchObject({ status: 404 })
    expect(await call('/internal/constructor', { token, body: {} })).toMatchObject({ status: 404 })
  })

  test.each(['/files/%ff%zz', '/%', `/files/${'a'.repeat(300)}`])(
    'refuses the address %s in its own form',
    async (path) => {
      const token = await tokens.sign('subgraph:content', who)
      const answer = await call(path, { token, method: 'GET' })
      expect(answer.status).toBeOneOf([400, 414])
      expect(answer.json).toEqual({
        errors: [{ message: 'The address is malformed.', extensions: { code: 'BAD_USER_INPUT' } }],
      })
    },
  )

  test.each([
    ['GET', '/graphql', 'POST'],
    ['DELETE', '/graphql', 'POST'],
    ['GET', '/internal/count', 'POST'],
    ['POST', '/files/a', 'GET, HEAD'],
    ['PUT', '/healthz', 'GET, HEAD'],
  ])('answers %s %s by saying that it takes only %s', async (method, path, allow) => {
    const token = await tokens.sign('subgraph:content', who)
    const response = await fetch(new URL(path, notes.url), {
      method,
      headers: { authorization: `Bearer ${token}` },
    })
    expect([response.status, response.headers.get('allow'), await response.json()]).toEqual([
      405,
      allow,
      { errors: [{ message: `This address takes only ${allow}.`, extensions: { code: 'BAD_USER_INPUT' } }] },
    ])
  })

  test.each([
    ['GET', '/nothing', {}],
    ['POST', '/graphql', { body: '{', headers: { 'content-type': 'application/json' } }],
    ['GET', '/files/%ff', {}],
    ['POST', '/graphql', { headers: { authorization: 'Bearer x' } }],
  ] as const)(
    'names the request of its refusal to %s %s',
    async (method, path, { body, headers }: { body?: string; headers?: Record<string, string> }) => {
      const authorization = `Bearer ${await tokens.sign('subgraph:content', who)}`
      const response = await fetch(new URL(path, notes.url), {
        method,
        ...(body === undefined ? {} : { body }),
        headers: { authorization, 'x-request-id': 'r-77', ...headers },
      })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.headers.get('x-request-id')).toBe('r-77')
    },
  )

  test('finds a file whose name is as long as names of files may be', async () => {
    const token = await tokens.sign('subgraph:content', who)
    const url = `/files/${'a'.repeat(255)}`
    expect(await call(url, { token, method: 'GET' })).toEqual({ status: 200, json: { url } })
  })

  test.each([
    ['a batch', [{ query: '{ asker { userId } }' }]],
    ['no query', {}],
    ['variables that are no object', { query: '{ asker { userId } }', variables: [1] }],
  ])('refuses %s', async (_what, body) => {
    const token = await tokens.sign('subgraph:content', who)
    expect(await call('/graphql', { token, body })).toMatchObject({
      json: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    })
  })

  test('says where a document has an error in its syntax', async () => {
    const token = await tokens.sign('subgraph:content', who)
    expect(await call('/graphql', { token, body: { query: '{ asker ' } })).toEqual({
      status: 200,
      json: {
        errors: [
          {
            message: 'Syntax Error: Expected Name, found <EOF>.',
            extensions: { code: 'GRAPHQL_PARSE_FAILED' },
          },
        ],
      },
    })
  })

  test('refuses a body beyond 4 MB', async () => {
    const token = await tokens.sign('subgraph:content', who)
    const body = { query: '{ asker { userId } }', variables: { a: 'x'.repeat(4_200_000) } }
    expect(await call('/graphql', { token, body })).toMatchObject({
      status: 413,
      json: { errors: [{ message: 'The request is malformed.' }] },
    })
  })

  test('replaces a request id that could forge a log line', async () => {
    const token = await tokens.sign('subgraph:content', who)
    const body = { query: '{ asker { requestId } }' }
    const answer = await call('/graphql', { token, body, headers: { 'x-request-id': 'a b' } })
    expect(answer).toMatchObject({
      json: { data: { asker: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } } },
    })
  })

  test.each([
    ['no token', async () => ({})],
    [
      'a token for another subgraph',
      async () => ({ authorization: `Bearer ${await tokens.sign('subgraph:media', who)}` }),
    ],
  ])('closes a socket with %s', async (_what, params) => {
    const payload = await params()
    const socket = new WebSocket(`${notes.url.replace('http', 'ws')}/graphql`, GRAPHQL_TRANSPORT_WS_PROTOCOL)
    const closed = new Promise<number>((resolve) => void socket.once('close', resolve))
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })))
    expect(await closed).toBe(4403)
  })

  test('closes with sockets open', async () => {
    const socket = new WebSocket(`${notes.url.replace('http', 'ws')}/graphql`, GRAPHQL_TRANSPORT_WS_PROTOCOL)
    const closed = new Promise<number>((resolve) => void socket.once('close', resolve))
    await new Promise<void>((resolve) => void socket.once('open', resolve))
    await notes.close()
    expect(await closed).toBe(1001)
  })
})
