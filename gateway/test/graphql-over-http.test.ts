import { auditServer } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearer, graphqlBody, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const PREFLIGHT = { 'apollo-require-preflight': 'true' }
const QUERY = JSON.stringify({ query: '{ me { id } }' })

describe.for([
  ['development', false],
  ['production, with a token', true],
] as const)('in %s', ([, registeredOnly]) => {
  test('graphql-http’s audit finds nothing wrong', async () => {
    await using audited = await startPlatform({ deps: { registeredOnly } })
    const more = registeredOnly ? bearer(await audited.token()) : {}
    const results = await auditServer({
      url: `${audited.url}/graphql`,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init.headers)), ...PREFLIGHT, ...more },
        }),
    })
    const others = results.filter(({ status }) => status !== 'ok')
    expect(others.map(({ id, name, status }) => ({ id, name, status }))).toEqual([])
    expect(results).toHaveLength(61)
  })
})

describe('over HTTP', () => {
  let platform: Platform

  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform[Symbol.asyncDispose]())

  const post = (body: string | FormData | URLSearchParams, headers: Record<string, string>) =>
    fetch(`${platform.url}/graphql`, { method: 'POST', headers, body })

  test('a mutation by GET is refused, and told which method there is', async () => {
    const search = new URLSearchParams({ query: 'mutation ($file: Upload!) { store(file: $file) { name } }' })
    const response = await fetch(`${platform.url}/graphql?${search.toString()}`, { headers: PREFLIGHT })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('HEAD is GET without a body', async () => {
    const search = new URLSearchParams({ query: '{ me { id } }' })
    const response = await fetch(`${platform.url}/graphql?${search.toString()}`, {
      method: 'HEAD',
      headers: PREFLIGHT,
    })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  test.for(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is told which methods there are', async (method) => {
    const response = await fetch(`${platform.url}/graphql`, { method, headers: JSON_TYPE })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  })

  test.for(['PROPFIND', 'QUERY', 'TRACK'])('%s, which nothing here knows, is refused', async (method) => {
    const status = await fetch(`${platform.url}/graphql`, { method, headers: JSON_TYPE }).then(
      (response) => response.status,
      () => 400,
    )
    expect(status).toBeOneOf([400, 404, 405])
  })

  describe('a form, which another site’s page could send by itself, is refused', () => {
    test.for([
      ['urlencoded', 'application/x-www-form-urlencoded', 'query=%7B+me+%7B+id+%7D+%7D'],
      ['text', 'text/plain', QUERY],
      ['text in other letters', 'TEXT/PLAIN; charset=utf-8', QUERY],
      ['multipart', 'multipart/form-data; boundary=x', '--x--\r\n'],
    ] as const)('%s', async ([, contentType, body]) => {
      const response = await post(body, { 'content-type': contentType })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        errors: [
          {
            message:
              'This could be Cross-Site Request Forgery. Send "content-type: application/json", or a header "apollo-require-preflight".',
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      })
    })

    test('without any type', async () => {
      const response = await fetch(`${platform.url}/graphql`, {
        method: 'POST',
        body: new Blob([QUERY]),
      })
      expect(response.status).toBe(400)
    })
  })

  test.for([
    ['a form with the header', 'application/x-www-form-urlencoded', 'query=x'],
    ['another alphabet', 'application/json; charset=iso-8859-1', QUERY],
    ['XML', 'application/xml', '<query/>'],
  ] as const)('%s is no body of GraphQL', async ([, contentType, body]) => {
    const response = await post(body, { 'content-type': contentType, ...PREFLIGHT })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message:
            'The body must be JSON ("content-type: application/json") or a GraphQL multipart form, in UTF-8.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    })
  })

  test.for(['utf-8', 'UTF-8', '"utf-8"', 'utf8'])('JSON in %s is read', async (charset) => {
    const response = await post(QUERY, { 'content-type': `application/json; charset=${charset}` })
    expect([response.status, await response.json()]).toMatchObject([200, { data: { me: null } }])
  })

  test.for([
    ['no JSON', '{ "query": '],
    ['nothing', ''],
    ['a prototype', '{"__proto__": {}}'],
  ] as const)('a body of %s is refused in our own words', async ([, body]) => {
    const response = await post(body, JSON_TYPE)
    const message = 'The body is not valid JSON, or not as long as it says.'
    expect(response.status).toBe(400)
    expect(await graphqlBody(response)).toEqual({
      errors: [{ message, extensions: { code: 'BAD_REQUEST' } }],
    })
  })

  test('a body of too much is refused in our own words', async () => {
    const response = await post(JSON.stringify({ query: 'x'.repeat(1_100_000) }), JSON_TYPE)
    expect(response.status).toBe(413)
    expect((await graphqlBody(response)).errors?.[0]).toEqual({
      message: 'The body is larger than 1048576 bytes.',
      extensions: { code: 'BODY_TOO_LARGE' },
    })
  })

  test.for([
    ['application/graphql-response+json', 400, 'application/graphql-response+json; charset=utf-8'],
    [
      'application/graphql-response+json, application/json;q=0.9',
      400,
      'application/graphql-response+json; charset=utf-8',
    ],
    ['*/*', 400, 'application/json; charset=utf-8'],
    ['application/json', 200, 'application/json; charset=utf-8'],
  ] as const)(
    'an operation that is wrong is answered to who accepts %s with %i',
    async ([accept, status, type]) => {
      for (const query of ['{', '{ nothing }']) {
        const response = await post(JSON.stringify({ query }), { ...JSON_TYPE, accept })
        expect([response.status, response.headers.get('content-type')]).toEqual([status, type])
      }
    },
  )

  test('who accepts neither of GraphQL’s types gets nothing', async () => {
    for (const accept of ['text/html', 'application/json;q=0, text/event-stream']) {
      const response = await post(QUERY, { ...JSON_TYPE, accept })
      expect(response.status).toBe(406)
      expect((await graphqlBody(response)).errors?.[0]?.extensions).toEqual({ code: 'BAD_REQUEST' })
    }
  })

  test.for([
    ['many operations at once', `[${QUERY}]`, 'Send one operation a request', 'BATCHING_NOT_SUPPORTED'],
    ['a text', '"{ me { id } }"', 'The body must be a JSON object with "query"', 'BAD_REQUEST'],
    ['no operation', '{}', 'No operation is asked for', 'BAD_REQUEST'],
    ['a parsed document', '{"query": {"kind": "Document"}}', '"query" must be a text.', 'BAD_REQUEST'],
    [
      'variables in a text',
      '{"query": "{ me { id } }", "variables": "{}"}',
      '"variables" must be a JSON object.',
      'BAD_REQUEST',
    ],
    [
      'a list of extensions',
      '{"query": "{ me { id } }", "extensions": []}',
      '"extensions" must be a JSON object.',
      'BAD_REQUEST',
    ],
    [
      'a numbered operation',
      '{"query": "{ me { id } }", "operationName": 1}',
      '"operationName" must be a text.',
      'BAD_REQUEST',
    ],
  ] as const)('%s by POST is malformed, and said to be', async ([, body, message, code]) => {
    const response = await post(body, JSON_TYPE)
    expect(response.status).toBe(400)
    const { errors } = await graphqlBody(response)
    expect(errors?.[0]?.message).toContain(message)
    expect(errors?.[0]?.extensions).toEqual({ code })
  })

  test.for([
    ['query=%7Bme%7Bid%7D%7D&query=x', '"query" is given more than once.'],
    ['query=%7Bme%7Bid%7D%7D&variables=nonsense', '"variables" must be a JSON object.'],
    ['query=%7Bme%7Bid%7D%7D&extensions=7', '"extensions" must be a JSON object.'],
    ['operationName=A', 'No operation is asked for'],
  ] as const)('GET ?%s is malformed, and said to be', async ([search, message]) => {
    const response = await fetch(`${platform.url}/graphql?${search}`, { headers: PREFLIGHT })
    expect(response.status).toBe(400)
    expect((await graphqlBody(response)).errors?.[0]?.message).toContain(message)
  })

  test('a refusal speaks the type that the client would rather have', async () => {
    const response = await post(QUERY, {
      ...JSON_TYPE,
      authorization: 'Bearer nonsense',
      accept: 'application/graphql-response+json, application/json',
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      401,
      'application/graphql-response+json; charset=utf-8',
    ])
  })

  test.for(['application/json', 'application/graphql-response+json', '*/*'])(
    'a subscription by POST is refused, whatever is accepted: %s',
    async (accept) => {
      const query = 'subscription { contentChanged { id } }'
      const response = await post(JSON.stringify({ query }), { ...JSON_TYPE, accept })
      expect(response.status).toBe(400)
    },
  )

  test('what subgraphs say to each other is unknown in public', async () => {
    for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
      const { status, body } = await platform.graphql(query)
      expect([status, body.errors?.[0]?.extensions]).toMatchObject([
        400,
        { code: 'GRAPHQL_VALIDATION_FAILED' },
      ])
    }
    const { body } = await platform.graphql('{ __schema { types { name } queryType { fields { name } } } }')
    expect(JSON.stringify(body)).not.toMatch(
      /"(_Any|_Entity|_Service|_service|_entities|join__\w+|link__\w+)"/,
    )
  })

  test.for([
    ['{ a'.repeat(100_000)],
    [`query ($a: ${'['.repeat(100_000)}`],
    [`{ a(b: ${'['.repeat(100_000)}`],
    [`{ a(b: ${'{c:'.repeat(100_000)}`],
  ])(
    'a document that is nested without end is refused without a word of the engine (%#)',
    async ([query]) => {
      const { status, body } = await platform.graphql(query ?? '')
      expect(status).toBe(400)
      expect(JSON.stringify(body)).not.toMatch(/stack|RangeError|graphql-js|node_modules/i)
    },
  )
})
