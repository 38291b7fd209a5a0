import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bearer, graphqlBody, SHAPES, startPlatform } from './platform.ts'
import type { GraphqlBody, Platform } from './platform.ts'

const STORE = 'mutation ($file: Upload!) { store(file: $file) { name sizeBytes sha256 } }'
const STORE_TWO = `mutation ($first: Upload!, $second: Upload!) {
  storeTwo(first: $first, second: $second) { name sizeBytes sha256 }
}`

describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform

  beforeAll(async () => {
    platform = await startPlatform({ shape })
  })
  afterAll(() => platform[Symbol.asyncDispose]())
  beforeEach(() => {
    platform.state.companiesAskedFor.length = 0
    platform.state.brokenUploads.length = 0
  })

  test('one query is answered by three subgraphs, and a company that two contents share is asked for once', async () => {
    const { body } = await platform.graphql('{ contents { title company { name } viewsCount } }')
    expect(body).toEqual({
      data: {
        contents: [
          { title: 'Wedding', company: { name: 'Vertex AR' }, viewsCount: 100 },
          { title: 'Poster', company: { name: 'Vertex AR' }, viewsCount: 200 },
          { title: 'Postcard', company: { name: 'Print & Co' }, viewsCount: 300 },
        ],
      },
    })
    expect(platform.state.companiesAskedFor).toEqual([['7', '8']])
  })

  test('a subgraph is told who asks', async () => {
    const { body } = await platform.graphql(
      '{ me { id isPlatformAdmin } whoAsks { requestId ipAddress userAgent } }',
      {
        headers: {
          ...bearer(await platform.token()),
          'x-request-id': 'request-1',
          'user-agent': 'Phone/1 (é)',
        },
      },
    )
    expect(body.data).toEqual({
      me: { id: '5', isPlatformAdmin: false },
      whoAsks: { requestId: 'request-1', ipAddress: '127.0.0.1', userAgent: 'Phone/1 (é)' },
    })
  })

  test('a file reaches the subgraph byte for byte', async () => {
    const bytes = randomBytes(5_000_000)
    const answer = await upload(platform, STORE, { file: bytes })
    expect(answer).toEqual({
      status: 200,
      body: { data: { store: { name: 'file.bin', sizeBytes: 5_000_000, sha256: sha256(bytes) } } },
    })
  })

  test('two files of one request reach it in their order', async () => {
    const [first, second] = [randomBytes(300_000), randomBytes(200_000)]
    const { body } = await upload(platform, STORE_TWO, { first, second })
    expect(body.data).toEqual({
      storeTwo: [
        { name: 'first.bin', sizeBytes: 300_000, sha256: sha256(first) },
        { name: 'second.bin', sizeBytes: 200_000, sha256: sha256(second) },
      ],
    })
  })

  test('a file that another site’s page could send by itself is refused', async () => {
    const { status, body } = await upload(platform, STORE, { file: randomBytes(10) }, {})
    expect(status).toBe(400)
    expect(body.errors?.[0]?.message).toContain('Cross-Site Request Forgery')
  })

  test('a form that is no GraphQL request is told what is wrong with it', async () => {
    const form = new FormData()
    form.set('operations', JSON.stringify({ query: STORE, variables: { file: null } }))
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: PREFLIGHT,
      body: form,
    })
    expect(response.status).toBe(400)
    expect(await graphqlBody(response)).toEqual({
      errors: [
        {
          message:
            'The field "map" is missing. It must be a JSON object that says for each file where in "operations" it belongs, e.g. {"0": ["variables.file"]}.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    })
  })

  test('nobody with a bad token gets to send a file', async () => {
    const { status } = await upload(
      platform,
      STORE,
      { file: randomBytes(10) },
      { ...PREFLIGHT, ...bearer('x') },
    )
    expect(status).toBe(401)
  })

  test('a file over the limit is an error of the client', async () => {
    await using small = await startPlatform({ shape, deps: { maxUploadBytes: 100_000 } })
    const { body } = await upload(small, STORE, { file: randomBytes(400_000) })
    expect(body.errors?.map(({ message, extensions }) => [message, extensions])).toEqual([
      ['The file is larger than is allowed.', { code: 'BAD_USER_INPUT' }],
    ])
    expect((await small.graphql('{ filesStored }')).body.data).toEqual({ filesStored: 0 })
  })

  test('a file that nobody wants doesn’t keep the client waiting', async () => {
    const { status, body } = await upload(platform, 'mutation ($file: Upload!) { nothing(file: $file) }', {
      file: randomBytes(20_000_000),
    })
    expect(status).toBe(400)
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' })
  })

  test('a client that goes away in the middle of a file breaks the subgraph’s stream', async () => {
    const stored = async () => (await platform.graphql('{ filesStored }')).body.data
    const before = await stored()
    const request = httpRequest(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { ...PREFLIGHT, 'content-type': 'multipart/form-data; boundary=b' },
    })
    request.on('error', () => undefined)
    request.write(
      field('operations', JSON.stringify({ query: STORE, variables: { file: null } })) +
        field('map', JSON.stringify({ 0: ['variables.file'] })) +
        '--b\r\ncontent-disposition: form-data; name="0"; filename="file.bin"\r\n\r\n',
    )
    request.write(randomBytes(200_000))
    await delay(200)
    request.destroy()
    await vi.waitFor(() => expect(platform.state.brokenUploads).toHaveLength(1), { timeout: 5000 })
    expect(await stored()).toEqual(before)
  })
})

describe('in many processes, with one of them gone', () => {
  test('only its fields are lost, each with an error that tells no address', async () => {
    await using platform = await startPlatform({ shape: 'many processes' })
    await platform.stopSubgraph('analytics')
    const { status, body } = await platform.graphql('{ contents { title viewsCount } }')
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
        message: 'This part of the service is not available right now. Try again shortly.',
        path: ['contents', index, 'viewsCount'],
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      })),
    )
  })

  test('a root field of it has its error at its place', async () => {
    await using platform = await startPlatform({ shape: 'many processes' })
    await platform.stopSubgraph('tenancy')
    const { body } = await platform.graphql('{ person: me { id } contents { title } }')
    expect(body.data).toMatchObject({ person: null, contents: [{ title: 'Wedding' }, {}, {}] })
    expect(body.errors?.map(({ path, extensions }) => ({ path, extensions }))).toEqual([
      { path: ['person'], extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ])
  })
})

const PREFLIGHT = { 'apollo-require-preflight': 'true' }

/** A GraphQL multipart request whose files are the variables of the same name. */
async function upload(
  { url }: Platform,
  query: string,
  files: Readonly<Record<string, Buffer<ArrayBuffer>>>,
  headers: Record<string, string> = PREFLIGHT,
): Promise<{ status: number; body: GraphqlBody }> {
  const names = Object.keys(files)
  const form = new FormData()
  form.set(
    'operations',
    JSON.stringify({ query, variables: Object.fromEntries(names.map((name) => [name, null])) }),
  )
  form.set('map', JSON.stringify(Object.fromEntries(names.map((name) => [name, [`variables.${name}`]]))))
  for (const [name, bytes] of Object.entries(files)) form.set(name, new Blob([bytes]), `${name}.bin`)
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form })
  return { status: response.status, body: await graphqlBody(response) }
}

function field(name: string, value: string): string {
  return `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
