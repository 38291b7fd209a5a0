import { createClient } from 'graphql-ws'
import type { Client } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { DEFAULT_LIMITS } from '../src/operations/gateway-limits.ts'
import { startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const LIMITS = {
  ...DEFAULT_LIMITS,
  depth: 4,
  breadth: 10,
  fields: 12,
  aliases: 8,
  aliasesOfOneField: 4,
  mutations: 2,
  directives: 3,
  listItems: 5,
  variablesSize: 1000,
  variablesDepth: 10,
  tokens: 100,
  cost: 500,
  bodyBytes: 50_000,
}

let platform: Platform

beforeAll(async () => {
  platform = await startPlatform({ deps: { limits: LIMITS } })
})
afterAll(() => platform[Symbol.asyncDispose]())

const nested = (open: string, close: string) => (depth: number) =>
  `${open.repeat(depth)}${close.repeat(depth)}`
const lists = nested('[', ']')
const bomb = (depth: number) =>
  `{ ...F0 } ${Array.from({ length: depth }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F${depth} on Query { me { id } }`

/** Each over a limit in one way. */
const REFUSED: readonly (readonly [string, string, string, Readonly<Record<string, unknown>>?])[] = [
  ['with too many tokens', 'TOO_MANY_TOKENS', `{ ${'me '.repeat(101)} }`],
  ['too deep', 'OPERATION_TOO_DEEP', '{ __schema { types { fields { type { name } } } } }'],
  ['whose lists are nested too deeply', 'TOO_MANY_TOKENS', `{ shelf(tags: ${lists(5000)}) { id } }`],
  ['whose selections are nested too deeply', 'TOO_MANY_TOKENS', nested('{a', '}')(10_000)],
  ['too broad', 'OPERATION_TOO_BROAD', `{ me { ${'id '.repeat(11)} } }`],
  [
    'with too many fields',
    'OPERATION_TOO_LARGE',
    `{ contents { id company { ${'id '.repeat(5)} ${'name '.repeat(5)} } viewsCount } }`,
  ],
  ['with a bomb of fragments', 'OPERATION_TOO_BROAD', bomb(8)],
  [
    'with too many aliases',
    'TOO_MANY_ALIASES',
    `{ me { ${[1, 2, 3].map((i) => `a${i}: id b${i}: isPlatformAdmin`).join(' ')} } c: sessionsCount d: filesStored e: broken }`,
  ],
  [
    'with too many aliases of one field',
    'TOO_MANY_ALIASES',
    `{ ${[1, 2, 3, 4, 5].map((i) => `a${i}: sessionsCount`).join(' ')} }`,
  ],
  ['with too many directives', 'TOO_MANY_DIRECTIVES', `{ me { ${'id @skip(if: false) '.repeat(4)} } }`],
  [
    'whose fragments go in circles',
    'FRAGMENT_CYCLE',
    '{ ...A } fragment A on Query { me { id } ...B } fragment B on Query { ...A }',
  ],
  ['that may cost too much', 'COST_LIMIT_EXCEEDED', '{ shelf(first: 200) { id company { id } } }'],
  [
    'that may cost too much by its variables',
    'COST_LIMIT_EXCEEDED',
    'query ($n: Int) { shelf(first: $n) { id company { id } } }',
    { n: 200 },
  ],
  [
    'with a list that is too long',
    'LIST_ARGUMENT_TOO_LONG',
    '{ shelf(tags: ["1", "2", "3", "4", "5", "6"]) { id } }',
  ],
  [
    'with a list in a variable that is too long',
    'LIST_ARGUMENT_TOO_LONG',
    'query ($tags: [String!]) { shelf(tags: $tags) { id } }',
    { tags: ['1', '2', '3', '4', '5', '6'] },
  ],
  ['whose variables are too large', 'VARIABLES_TOO_LARGE', '{ me { id } }', { a: 'x'.repeat(1000) }],
  [
    'whose variables are nested too deeply',
    'VARIABLES_TOO_DEEP',
    '{ me { id } }',
    { a: JSON.parse(lists(300)) },
  ],
]

describe('over HTTP', () => {
  test.for(REFUSED)('an operation %s is refused with 400', async ([, code, query, variables = {}]) => {
    const { status, body } = await platform.graphql(query, { variables })
    expect([status, body.data, body.errors?.length]).toEqual([400, undefined, 1])
    expect(body.errors?.[0]?.extensions?.['code']).toBe(code)
  })

  test('nothing of a refused mutation is done', async () => {
    let visits = 0
    platform.state.analyticsFault = () => (visits += 1)
    const { status, body } = await platform.graphql(
      'mutation { a: recordVisit b: recordVisit c: recordVisit }',
    )
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      {
        message: 'The operation makes 3 changes; the limit is 2.',
        extensions: { code: 'TOO_MANY_MUTATIONS' },
      },
    ])
    expect(visits).toBe(0)
    await platform.graphql('mutation { a: recordVisit b: recordVisit }')
    expect(visits).toBe(2)
    platform.state.analyticsFault = null
  })

  test('what an operation would have cost is told', async () => {
    const { body } = await platform.graphql('{ shelf(first: 200) { id company { id } } }')
    expect(body.errors).toEqual([
      {
        message: 'The operation may cost 800; the limit is 500. Ask for fewer fields, or for smaller pages.',
        extensions: { code: 'COST_LIMIT_EXCEEDED', cost: { requested: 800, limit: 500 } },
      },
    ])
  })

  test.for([
    ['POST', '{ shelf(first: 2) { title } }', { method: 'POST' }],
    ['GET', '{ shelf(first: 2) { title } }', { method: 'GET' }],
  ] as const)('an answer to %s says what the operation may have cost', async ([, query, { method }]) => {
    const headers = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' }
    const response =
      method === 'POST'
        ? await fetch(`${platform.url}/graphql`, { method, headers, body: JSON.stringify({ query }) })
        : await fetch(`${platform.url}/graphql?${String(new URLSearchParams({ query }))}`, { headers })
    expect(await response.json()).toEqual({
      data: { shelf: [{ title: 'Wedding' }, { title: 'Poster' }] },
      extensions: { cost: { requested: 4, limit: 500 } },
    })
  })

  test('an operation with errors says what it may have cost, too', async () => {
    const response = await post(JSON.stringify({ query: '{ broken }' }))
    expect(await response.json()).toMatchObject({
      data: { broken: null },
      extensions: { cost: { requested: 1 } },
    })
  })

  test('variables in an address count like others', async () => {
    const search = new URLSearchParams({
      query: 'query ($n: Int) { shelf(first: $n) { id company { id } } }',
      variables: '{"n":200}',
    })
    const response = await fetch(`${platform.url}/graphql?${String(search)}`, {
      headers: { 'apollo-require-preflight': 'true' },
    })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'COST_LIMIT_EXCEEDED' } }] },
    ])
  })

  test('extensions in an address may be nested as they like: nobody reads them', async () => {
    const search = `query=${encodeURIComponent('{ me { id } }')}&extensions={"a":${lists(5000)}}`
    const response = await fetch(`${platform.url}/graphql?${search}`, {
      headers: { 'apollo-require-preflight': 'true' },
    })
    expect(response.status).toBe(200)
  })

  test('an operation among several that are sent together is counted by itself', async () => {
    const query = 'query Small { shelf(first: 1) { id } } query Large { shelf(first: 300) { id title } }'
    const small = await post(JSON.stringify({ query, operationName: 'Small' }))
    const large = await post(JSON.stringify({ query, operationName: 'Large' }))
    expect([small.status, large.status]).toEqual([200, 400])
  })

  test('an empty name of an operation is none: the only operation is counted', async () => {
    const query = '{ shelf(first: 300) { id title } }'
    const posted = await post(JSON.stringify({ query, operationName: '' }))
    const search = new URLSearchParams({ query, operationName: '' })
    const got = await fetch(`${platform.url}/graphql?${String(search)}`, {
      headers: { 'apollo-require-preflight': 'true' },
    })
    for (const response of [posted, got]) {
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { errors: [{ extensions: { code: 'COST_LIMIT_EXCEEDED', cost: { requested: 900, limit: 500 } } }] },
      ])
    }
  })

  test('a batch is refused', async () => {
    const response = await post(JSON.stringify([{ query: '{ me { id } }' }, { query: '{ me { id } }' }]))
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BATCHING_NOT_SUPPORTED' } }] },
    ])
  })

  test('a body that is too large is refused', async () => {
    const response = await post(JSON.stringify({ query: `{ me { id } } # ${'x'.repeat(50_000)}` }))
    expect([response.status, await response.json()]).toMatchObject([
      413,
      {
        errors: [{ message: 'The body is larger than 50000 bytes.', extensions: { code: 'BODY_TOO_LARGE' } }],
      },
    ])
  })

  test('a form’s operation is counted, and so are its variables', async () => {
    const form = new FormData()
    const query =
      'mutation ($file: Upload!) { a: store(file: $file) { name } b: store(file: $file) { name } c: store(file: $file) { name } }'
    form.append('operations', JSON.stringify({ query, variables: { file: null } }))
    form.append('map', JSON.stringify({ file: ['variables.file'] }))
    form.append('file', new Blob(['photo']), 'photo.jpg')
    const headers = { 'apollo-require-preflight': 'true' }
    const response = await fetch(`${platform.url}/graphql`, { method: 'POST', headers, body: form })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'TOO_MANY_MUTATIONS' } }] },
    ])
  })
})

describe('over a WebSocket', () => {
  test('an operation over any limit is an error of its own, and the socket lives', async () => {
    let closed = 0
    const client = connect(() => (closed += 1))
    for (const [, code, query, variables = {}] of REFUSED) {
      await expect(ask(client, query, variables)).rejects.toMatchObject([{ extensions: { code } }])
    }
    expect(await ask(client, '{ shelf(first: 1) { title } }')).toEqual({
      data: { shelf: [{ title: 'Wedding' }] },
      extensions: { cost: { requested: 2, limit: 500 } },
    })
    expect(closed).toBe(0)
    await client.dispose()
  })

  test('an empty name of an operation is none', async () => {
    const client = connect()
    const dear = '{ shelf(first: 300) { id title } }'
    await expect(ask(client, dear, {}, '')).rejects.toMatchObject([
      { extensions: { code: 'COST_LIMIT_EXCEEDED' } },
    ])
    expect(await ask(client, '{ shelf(first: 1) { title } }', {}, '')).toMatchObject({
      extensions: { cost: { requested: 2 } },
    })
    await client.dispose()
  })

  test('a subscription is counted like a query, and each event says what it may cost', async () => {
    const client = connect()
    const dear = `subscription { contentChanged { ${'title '.repeat(11)} } }`
    await expect(ask(client, dear)).rejects.toMatchObject([{ extensions: { code: 'OPERATION_TOO_BROAD' } }])
    const event = ask(client, 'subscription { contentChanged { title } }')
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(1), { interval: 10 })
    platform.state.changeContent('2')
    expect(await event).toEqual({
      data: { contentChanged: { title: 'Poster' } },
      extensions: { cost: { requested: 2, limit: 500 } },
    })
    await client.dispose()
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(0), { interval: 10 })
  })
})

function post(body: string): Promise<Response> {
  return fetch(`${platform.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
}

function connect(onClosed?: () => void): Client {
  return createClient({
    url: `${platform.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    // One socket for all: left to itself the client closes it after each operation.
    lazy: false,
    onNonLazyError: () => undefined,
    on: { closed: () => onClosed?.() },
  })
}

async function ask(
  client: Client,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  operationName?: string,
): Promise<unknown> {
  const named = operationName === undefined ? {} : { operationName }
  for await (const result of client.iterate({ query, variables, ...named })) return result
  return undefined
}
