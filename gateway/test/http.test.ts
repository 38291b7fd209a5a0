import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

let platform: Platform

beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform[Symbol.asyncDispose]())
beforeEach(() => {
  platform.state.analyticsFails = false
  platform.state.companiesAskedFor.length = 0
})

describe('a query across subgraphs', () => {
  test('is answered from each of them', async () => {
    const { status, body } = await platform.graphql('{ contents { title company { name } viewsCount } }')
    expect(status).toBe(200)
    expect(body).toEqual({
      data: {
        contents: [
          { title: 'Wedding', company: { name: 'Vertex AR' }, viewsCount: 100 },
          { title: 'Poster', company: { name: 'Vertex AR' }, viewsCount: 200 },
          { title: 'Postcard', company: { name: 'Print & Co' }, viewsCount: 300 },
        ],
      },
    })
  })

  test('asks for an entity once, however often it is selected', async () => {
    await platform.graphql('{ contents { company { name } } }')
    expect(platform.state.companiesAskedFor).toEqual([['7', '8']])
  })

  test('passes variables on to a subgraph that is reached through an entity', async () => {
    const { body } = await platform.graphql('query ($last: Int) { contents { views(last: $last) } }', {
      variables: { last: 3 },
    })
    expect(body).toEqual({ data: { contents: [{ views: 3 }, { views: 3 }, { views: 3 }] } })
  })

  test('loses only the fields of a subgraph that fails, each with an error at its place', async () => {
    platform.state.analyticsFails = true
    const { status, body } = await platform.graphql('{ contents { title viewsCount } }', {
      headers: { 'x-request-id': 'request-of-a-test' },
    })
    expect(status).toBe(200)
    expect(body.data).toEqual({
      contents: [
        { title: 'Wedding', viewsCount: null },
        { title: 'Poster', viewsCount: null },
        { title: 'Postcard', viewsCount: null },
      ],
    })
    expect(body.errors).toEqual(
      [0, 1, 2].map((index) => ({
        message: 'Something went wrong on our side.',
        path: ['contents', index, 'viewsCount'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      })),
    )
  })
})

describe('an error', () => {
  test('that was made for clients is told, without what is meant for us', async () => {
    const { body } = await platform.graphql('{ refused }')
    expect(body).toEqual({
      data: { refused: null },
      errors: [
        { message: 'Sign in to see this.', path: ['refused'], extensions: { code: 'UNAUTHENTICATED' } },
      ],
    })
  })

  test('that was not is masked and names the request, under which it is logged', async () => {
    const { headers, body } = await platform.graphql('{ broken }')
    const requestId = headers.get('x-request-id')
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(body).toEqual({
      data: { broken: null },
      errors: [
        {
          message: 'Something went wrong on our side.',
          path: ['broken'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    })
    const logged = platform.log.filter((line) => line['requestId'] === requestId)
    expect(JSON.stringify(logged)).toContain('relation \\"tenancy.companies\\" does not exist')
  })

  test.for([
    ['that does not parse', '{ contents { ', 'GRAPHQL_PARSE_FAILED'],
    ['that names an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'with an unknown operation name',
      'query A { me { id } } query B { me { id } }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ])('of an operation %s is the client’s', async ([, query, code]) => {
    const { status, body } = await platform.graphql(query ?? '')
    expect(status).toBe(400)
    expect(body.errors?.map((error) => error.extensions)).toEqual([{ code }])
  })

  test.for([
    [
      'in a variable',
      'query ($id: UUID!) { viewerContent(uniqueId: $id) { title } }',
      'Variable "$id" got invalid value "zz"; UUID must be a UUID, e.g. "0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7".',
      { code: 'BAD_USER_INPUT', field: 'uniqueId' },
    ],
    [
      'in the document',
      '{ viewerContent(uniqueId: "zz") { title } }',
      '"uniqueId": UUID must be a UUID, e.g. "0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7".',
      { code: 'BAD_USER_INPUT', field: 'uniqueId' },
    ],
  ] as const)(
    'of a value that a scalar refuses %s is the client’s and names it',
    async ([, query, message, extensions]) => {
      const { body } = await platform.graphql(query, { variables: { id: 'zz' } })
      expect(body).toEqual({
        data: { viewerContent: null },
        errors: [{ message, path: ['viewerContent'], extensions }],
      })
    },
  )

  test('of a variable of the wrong type is the client’s', async () => {
    const { status, body } = await platform.graphql(
      'query ($last: Int) { contents { views(last: $last) } }',
      {
        variables: { last: 'three' },
      },
    )
    expect(status).toBe(400)
    expect(body.errors?.map((error) => error.extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'last' }])
  })

  test('of a value of the wrong type is the client’s, and names it', async () => {
    const { status, body } = await platform.graphql('{ shelf(tags: ["old", 7]) { title } }')
    expect(status).toBe(400)
    expect(body.errors?.map((error) => error.extensions)).toEqual([
      { code: 'GRAPHQL_VALIDATION_FAILED', field: 'tags.1' },
    ])
  })
})

describe('a request', () => {
  test('keeps its own well-formed id on the whole way', async () => {
    const { headers, body } = await platform.graphql('{ whoAsks { requestId } }', {
      headers: { 'x-request-id': 'abc-123.DEF' },
    })
    expect(headers.get('x-request-id')).toBe('abc-123.DEF')
    expect(body.data).toEqual({ whoAsks: { requestId: 'abc-123.DEF' } })
  })

  test('gets another id in place of one that could forge a line of the log', async () => {
    const { headers } = await platform.graphql('{ me { id } }', { headers: { 'x-request-id': 'x y' } })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('tells subgraphs the address and the browser of the client, and believes no header about it', async () => {
    const { body } = await platform.graphql('{ whoAsks { ipAddress userAgent } }', {
      headers: { 'user-agent': 'Phone/1', 'x-forwarded-for': '203.0.113.9' },
    })
    expect(body.data).toEqual({ whoAsks: { ipAddress: '127.0.0.1', userAgent: 'Phone/1' } })
  })

  test('is not a subscription: those need a WebSocket', async () => {
    const { status, body } = await platform.graphql('subscription { contentChanged { id } }')
    expect(status).toBe(400)
    expect(body).toEqual({
      errors: [
        {
          message: 'Subscriptions are served over WebSocket (graphql-transport-ws) at this address.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    })
  })

  test('that offers to speak HTTP/2 is answered in HTTP/1.1', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    const headers = {
      'content-type': 'application/json',
      connection: 'upgrade, http2-settings',
      upgrade: 'h2c',
      'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
    }
    const asked = request(`${platform.url}/graphql`, { method: 'POST', headers }).end(body)
    const [answer]: IncomingMessage[] = await once(asked, 'response')
    expect(answer?.statusCode).toBe(200)
    expect(answer && (await json(answer))).toMatchObject({ data: { __typename: 'Query' } })
  })

  test('is answered with a slash at the end of its address, too', async () => {
    const response = await fetch(`${platform.url}/graphql/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me { id } }' }),
    })
    expect([response.status, await response.json()]).toMatchObject([200, { data: { me: null } }])
  })

  test('with a body that is not JSON is refused in GraphQL’s form', async () => {
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{ "query": ',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
  })

  test('that another site’s page could send by itself is refused', async () => {
    const query = new URLSearchParams({ query: '{ me { id } }' })
    const response = await fetch(`${platform.url}/graphql?${query.toString()}`)
    expect(response.status).toBe(400)
    expect(JSON.stringify(await response.json())).toContain('Cross-Site Request Forgery')
  })

  test('by a browser’s address bar is shown the explorer', async () => {
    const response = await fetch(`${platform.url}/graphql`, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphiql'])
  })
})

describe('behind a proxy that is trusted', () => {
  test('the client’s address is the one the proxy names', async () => {
    await using behind = await startPlatform({ deps: { trustedProxies: ['loopback'] } })
    const { body } = await behind.graphql('{ whoAsks { ipAddress } }', {
      headers: { 'x-forwarded-for': '203.0.113.9' },
    })
    expect(body.data).toEqual({ whoAsks: { ipAddress: '203.0.113.9' } })
  })
})

describe('another supergraph', () => {
  test('is served from then on; one that is not valid changes nothing', async () => {
    await using changing = await startPlatform()
    const { fixtureSupergraph } = await import('./platform.ts')
    expect((await changing.graphql('{ __type(name: "Added") { name } }')).body.data).toEqual({ __type: null })
    changing.gateway.reload(
      fixtureSupergraph(' type Added @key(fields: "id") { id: ID! } extend type Query { added: Added }'),
    )
    expect((await changing.graphql('{ __type(name: "Added") { name } }')).body.data).toEqual({
      __type: { name: 'Added' },
    })
    expect(() => changing.gateway.reload('type Query { nonsense: Nothing }')).toThrow()
    expect((await changing.graphql('{ me { id } }')).body).toEqual({ data: { me: null } })
  })
})

describe('who is asking', () => {
  const WHO = '{ me { id } }'

  test('is known by their access token', async () => {
    const { body } = await platform.graphql(WHO, { headers: bearer(await platform.token()) })
    expect(body.data).toEqual({ me: { id: '5' } })
  })

  test('is nobody without one', async () => {
    expect((await platform.graphql(WHO)).body).toEqual({ data: { me: null } })
  })

  test.for([
    ['an expired token', () => platform.token({}, -10), 'The access token has expired.'],
    ['a forged token', async () => `${await platform.token()}x`, 'The access token is not valid.'],
    [
      'a token of somebody who is gone',
      () => platform.token({ userId: 6 }),
      'The access token is no longer valid. Sign in again.',
    ],
  ] as const)('is refused with %s', async ([, token, message]) => {
    const { status, headers, body } = await platform.graphql(WHO, { headers: bearer(await token()) })
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect(body).toEqual({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] })
  })

  test('is refused with an authorization of another kind', async () => {
    const { status } = await platform.graphql(WHO, { headers: { authorization: 'Basic YTpi' } })
    expect(status).toBe(401)
  })

  test('is asked of tenancy once for many requests, and seen to be signed out within a second', async () => {
    const headers = bearer(await platform.token({ familyId: 'leaving' }))
    const before = platform.people.asked
    await Promise.all([1, 2, 3, 4].map(() => platform.graphql(WHO, { headers })))
    expect(platform.people.asked - before).toBe(1)
    platform.people.revokedFamilies.add('leaving')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect((await platform.graphql(WHO, { headers })).status).toBe(401)
  })

  test('can’t be found out while tenancy is down, and nobody is taken for somebody else meanwhile', async () => {
    await using down = await startPlatform({
      deps: {
        async resolvePrincipal() {
          throw new Error('no tenancy')
        },
      },
    })
    const { status, headers, body } = await down.graphql(WHO, { headers: bearer(await down.token()) })
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'SERVICE_UNAVAILABLE' })
    expect((await down.graphql(WHO)).body).toEqual({ data: { me: null } })
  })
})
