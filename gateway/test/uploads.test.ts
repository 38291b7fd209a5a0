import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bearer, SHAPES, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const STORE = 'mutation ($file: Upload!) { store(file: $file) { name sizeBytes } }'
const OPERATION = { query: STORE, variables: { file: null } }
const MAP = { '0': ['variables.file'] }

describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform

  beforeAll(async () => {
    platform = await startPlatform({ shape, deps: { uploadPace: { leastBytes: 1000, withinMs: 1500 } } })
    platform.people.principals.set(6, {
      kind: 'user',
      userId: 6,
      isPlatformAdmin: false,
      memberships: [],
    })
  })
  afterAll(() => platform[Symbol.asyncDispose]())
  beforeEach(() => {
    platform.state.brokenUploads.length = 0
  })

  /** A multipart request of no length, to be written by hand. */
  function open(headers: Record<string, string> = {}): ClientRequest {
    const request = httpRequest(`${platform.url}/graphql`, {
      method: 'POST',
      headers: {
        'apollo-require-preflight': 'true',
        'content-type': 'multipart/form-data; boundary=b',
        ...headers,
      },
    })
    request.on('error', () => undefined)
    return request
  }

  /** An upload that was begun and comes no further. */
  async function begin(token: string): Promise<ClientRequest> {
    const request = open(bearer(token))
    request.write(form(OPERATION, MAP) + fileHeader('file.bin'))
    request.write(Buffer.alloc(2000))
    return request
  }

  async function send(body: string, headers?: Record<string, string>) {
    const request = open(headers)
    request.end(body)
    return answerOf(request)
  }

  test('ten uploads of one user go on at a time; the others are told when to come, and nobody else is', async () => {
    const [ann, bob] = [await platform.token(), await platform.token({ userId: 6 })]
    const begun = await Promise.all(Array.from({ length: 100 }, () => begin(ann)))
    const answers: { status: number | undefined; code: unknown; retryAfter: unknown }[] = []
    for (const request of begun) {
      void answerOf(request).then(
        ({ status, headers, json }) =>
          answers.push({
            status,
            code: json.errors?.[0]?.extensions?.code,
            retryAfter: headers['retry-after'],
          }),
        () => undefined,
      )
    }
    const whole = form(OPERATION, MAP) + fileHeader('bob.bin') + 'abc\r\n--b--\r\n'
    expect(await send(whole, bearer(bob))).toMatchObject({ json: { data: { store: { sizeBytes: 3 } } } })
    await vi.waitFor(() => expect(answers).toHaveLength(90), 5000)
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ status: 429, code: 'RATE_LIMITED', retryAfter: '5' })]),
    )
    expect(await send(whole, bearer(ann))).toMatchObject({ status: 429 })

    for (const request of begun) request.destroy()
    await vi.waitFor(async () => {
      expect(await send(whole, bearer(ann))).toMatchObject({ json: { data: { store: { sizeBytes: 3 } } } })
    }, 10_000)
    expect(platform.state.brokenUploads).toHaveLength(10)
  })

  test.concurrent.for([
    ['a bad token', { ...bearer('x') }, 401],
    ['a page of another site', { 'apollo-require-preflight': '' }, 400],
  ] as const)(
    'who is refused for %s and sends on without end reads the answer, and is cut off soon',
    async ([, headers, status]) => {
      const request = open(headers)
      request.write(form(OPERATION, MAP) + fileHeader('endless.bin'))
      const more = setInterval(() => request.write(Buffer.alloc(10_000)), 50)
      const closed = new Promise((resolve) => request.once('close', resolve))
      expect((await answerOf(request)).status).toBe(status)
      const since = performance.now()
      await closed
      clearInterval(more)
      expect(performance.now() - since).toBeLessThan(8000)
    },
  )

  test.concurrent('a client that sends next to nothing is ended, and told so', async () => {
    const request = open()
    request.write(form(OPERATION, MAP) + fileHeader('slow.bin'))
    const trickle = setInterval(() => request.write('a'), 100)
    const { json } = await answerOf(request)
    clearInterval(trickle)
    request.destroy()
    expect(json.errors).toMatchObject([
      {
        message: 'The upload came too slowly and was ended. Try again over a better connection.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ])
  })

  test.each<[string, string, string]>([
    [
      'one file in a thousand places',
      form(
        { query: STORE, variables: { file: null, more: Array(1000).fill(null) } },
        { '0': ['variables.file', ...Array.from({ length: 999 }, (_, at) => `variables.more.${at}`)] },
      ),
      'The field "map" has several places for one file.',
    ],
    ['a map to nowhere', form(OPERATION, { '0': ['variables.files.7'] }), 'The field "map" names a place'],
    ['a map over the query', form(OPERATION, { '0': ['query'] }), '"query"'],
    [
      'operations nested without end',
      field(
        'operations',
        `{"query":${JSON.stringify(STORE)},"variables":{"a":${'['.repeat(9e4)}${']'.repeat(9e4)}}}`,
      ) + field('map', '{}'),
      'variables',
    ],
    ['a batch', form([OPERATION, OPERATION], { '0': ['0.variables.file'] }), 'one operation'],
    [
      'a map that is too long',
      form(OPERATION, { '0': Array(100_000).fill('variables.file') }),
      'may have at most 1048576 bytes',
    ],
  ])('%s is told what is wrong, with status 400', async (_what, body, message) => {
    const { status, json } = await send(`${body}--b--\r\n`)
    expect(json.errors?.[0]?.message).toContain(message)
    expect(status).toBe(400)
  })

  test.each<[string, string, string]>([
    ['that climbs', '../../../etc/passwd', 'passwd'],
    ['of Windows', String.raw`C:\\CON\\aux.jpg`, 'aux.jpg'],
    ['of dots', '....', '....'],
    ['with a turn of direction', 'invoice\u202Egpj.exe', 'invoice\u202Egpj.exe'],
    ['in pieces of letters', 'u\u0308.jpg', 'u\u0308.jpg'],
    ['of ten thousand characters', 'x'.repeat(10_000), 'x'.repeat(10_000)],
    ['with a part of its own', String.raw`a\"; name=\"map`, 'a"; name="map'],
  ])(
    'a file name %s comes to the subgraph without its folders, for it to judge',
    async (_what, written, name) => {
      const { json } = await send(`${form(OPERATION, MAP)}${fileHeader(written)}abc\r\n--b--\r\n`)
      expect(json).toMatchObject({ data: { store: { name, sizeBytes: 3 } } })
    },
  )

  test.each([
    'text/html',
    'image/svg+xml; charset=x',
    'multipart/form-data; boundary=b',
    `x/${'y'.repeat(5000)}`,
    '',
  ])('a file of the type %j is a file like any other', async (type) => {
    const { json } = await send(`${form(OPERATION, MAP)}${fileHeader('a', type)}abc\r\n--b--\r\n`)
    expect(json).toMatchObject({ data: { store: { sizeBytes: 3 } } })
  })
})

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

async function answerOf(request: ClientRequest) {
  const answer = Promise.withResolvers<IncomingMessage>()
  request.once('response', answer.resolve)
  request.once('close', () => answer.reject(new Error('The connection ended without an answer.')))
  const response = await answer.promise
  const json: Answer = JSON.parse(await text(response))
  return { status: response.statusCode, headers: response.headers, json }
}

function form(operations: unknown, map: object): string {
  return field('operations', JSON.stringify(operations)) + field('map', JSON.stringify(map))
}

function field(name: string, value: string): string {
  return `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
}

function fileHeader(name: string, type = 'application/octet-stream'): string {
  return `--b\r\ncontent-disposition: form-data; name="0"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`
}
