import { createHash, randomBytes } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { receiveUpload } from '@arv/subgraph'
import type { SubgraphClient } from '@arv/subgraph'
import { parse } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ann, asJson, portOf, shapes, uploadLimits } from './shapes.ts'

const operationSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) })

/** A tenth of a second’s bytes of the slowest phone, within a second and a half: tests don’t wait for a minute. */
const PACE = { leastBytes: 1000, withinMs: 1500 }

/** What the gateway does with an upload, and no more: takes the client's request and hands it to the subgraph. */
async function startFront(client: SubgraphClient) {
  const results: ExecutionResult[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const upload = await receiveUpload(request, response, { ...uploadLimits, pace: PACE })
    const { query, variables } = operationSchema.parse(upload.operation)
    const result = await client.execute({ document: parse(query), query, variables, caller: ann })
    results.push(result)
    response.once('close', upload.release)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(result))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [error] }))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    results,
    url: `http://127.0.0.1:${portOf(server.address())}/graphql`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const RECEIVE = 'mutation R($files: [Upload!]!) { receive(files: $files) { name sizeBytes sha256 } }'

function form(
  query: string,
  variables: object,
  map: Record<string, string[]>,
  files: [string, string, Buffer][],
) {
  const data = new FormData()
  data.set('operations', JSON.stringify({ query, variables }))
  data.set('map', JSON.stringify(map))
  for (const [field, name, bytes] of files) data.set(field, new Blob([new Uint8Array(bytes)]), name)
  return data
}

const boundary = 'x'
const part = (name: string, value: string) =>
  `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

const OPERATIONS = ['operations', JSON.stringify({ query: RECEIVE, variables: { files: [null] } })] as const
const MAP = ['map', JSON.stringify({ '0': ['variables.files.0'] })] as const
/** `part` makes of this name one with a file's. */
const FILE = ['0"; filename="a.jpg', 'abc'] as const

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function postRaw(url: string, body: string, contentType = `multipart/form-data; boundary=${boundary}`) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body })
  return { status: response.status, json: await response.json() }
}

async function post(url: string, body: FormData): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body })
  return response.json()
}

describe.each(shapes)('an upload to a subgraph $shape', (shape) => {
  let notes: Awaited<ReturnType<typeof shape.start>>
  let front: Awaited<ReturnType<typeof startFront>>
  beforeEach(async () => {
    notes = await shape.start()
    front = await startFront(notes.client)
  })
  afterEach(async () => {
    front.close()
    await notes.close()
  })

  test.each([
    ['in the order of the variables', ['0', '1']],
    ['in the other order', ['1', '0']],
  ])('of two files in one request arrives whole, sent %s', async (_order, order) => {
    const small = randomBytes(100_000)
    const large = randomBytes(2_500_000)
    const files: Record<string, [string, string, Buffer]> = {
      '0': ['0', 'größe.jpg', small],
      '1': ['1', 'b.mp4', large],
    }
    const map = { '0': ['variables.files.0'], '1': ['variables.files.1'] }
    const sent = order.flatMap((field) => (files[field] ? [files[field]] : []))
    expect(await post(front.url, form(RECEIVE, { files: [null, null] }, map, sent))).toEqual({
      data: {
        receive: [
          { name: 'größe.jpg', sizeBytes: 100_000, sha256: sha256(small) },
          { name: 'b.mp4', sizeBytes: 2_500_000, sha256: sha256(large) },
        ],
      },
    })
  })

  test('of exactly the limit is taken, of one byte more refused', async () => {
    const map = { '0': ['variables.files.0'] }
    const exact = form(RECEIVE, { files: [null] }, map, [['0', 'a', Buffer.alloc(3_000_000)]])
    expect(await post(front.url, exact)).toMatchObject({ data: { receive: [{ sizeBytes: 3_000_000 }] } })
    const larger = form(RECEIVE, { files: [null] }, map, [['0', 'a', Buffer.alloc(3_000_001)]])
    expect(await post(front.url, larger)).toMatchObject({
      errors: [{ message: 'The file is larger than is allowed.', extensions: { code: 'BAD_USER_INPUT' } }],
    })
    await expect.poll(() => notes.store.reading).toBe(0)
  })

  test('keeps a file’s name, quotes and all', async () => {
    const response = await fetch(front.url, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: [
        part('operations', JSON.stringify({ query: RECEIVE, variables: { files: [null] } })),
        part('map', JSON.stringify({ '0': ['variables.files.0'] })),
        `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="a \\"b\\".jpg"\r\n\r\nabc\r\n`,
        `--${boundary}--\r\n`,
      ].join(''),
    })
    expect(await response.json()).toMatchObject({ data: { receive: [{ name: 'a "b".jpg', sizeBytes: 3 }] } })
  })

  test('that its client breaks off ends for the subgraph too', async () => {
    const request = httpRequest(front.url, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
    request.on('error', () => {})
    request.write(part('operations', JSON.stringify({ query: RECEIVE, variables: { files: [null] } })))
    request.write(part('map', JSON.stringify({ '0': ['variables.files.0'] })))
    request.write(`--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="a"\r\n\r\n`)
    request.write(Buffer.alloc(500_000))
    await expect.poll(() => notes.store.reading).toBe(1)
    request.destroy()
    await expect.poll(() => notes.store.reading).toBe(0)
    await expect
      .poll(() => asJson(front.results))
      .toMatchObject([
        {
          errors: [
            {
              message: 'The upload broke off before the file was complete.',
              extensions: { code: 'BAD_USER_INPUT' },
            },
          ],
        },
      ])
  })

  test.each([
    ['an empty form', [], 'The form has neither "operations" nor "map"'],
    ['no operations', [['other', '1']], 'The form has neither "operations" nor "map"'],
    ['no map', [OPERATIONS], 'The field "map" is missing.'],
    ['a map before the operations', [MAP, OPERATIONS], 'The fields come in the wrong order'],
    ['a file before the operations', [FILE, OPERATIONS, MAP], 'The fields come in the wrong order'],
    ['a file before the map', [OPERATIONS, FILE, MAP], 'The fields come in the wrong order'],
    [
      'operations that are no JSON',
      [['operations', '{'], MAP],
      'The field "operations" must be a JSON object',
    ],
    [
      'operations that are no object',
      [['operations', '"a"'], MAP],
      'The field "operations" must be a JSON object',
    ],
    ['a map that is no JSON', [OPERATIONS, ['map', '{']], 'The field "map" must be a JSON object'],
    ['a map that is no object', [OPERATIONS, ['map', '[]']], 'The field "map" must be a JSON object'],
    ['a map of something else', [OPERATIONS, ['map', '{"0": "a"}']], 'The field "map" must be a JSON object'],
    [
      'a map that points nowhere',
      [OPERATIONS, ['map', '{"0": ["nothing.file"]}']],
      'The field "map" names a place that "operations" doesn’t have.',
    ],
    [
      'a map that points into prototypes',
      [OPERATIONS, ['map', '{"0": ["variables.__proto__.a"]}']],
      'The field "map" names a place that "operations" doesn’t have.',
    ],
    [
      'a map of a thousand places for one file',
      [
        ['operations', JSON.stringify({ query: RECEIVE, variables: { files: Array(1000).fill(null) } })],
        ['map', JSON.stringify({ '0': Array.from({ length: 1000 }, (_, at) => `variables.files.${at}`) })],
      ],
      'The field "map" has several places for one file.',
    ],
    [
      'a map of too many files',
      [OPERATIONS, ['map', '{"0": [], "1": [], "2": [], "3": []}']],
      'Send at most 3 files in one request.',
    ],
    [
      'operations that are too long',
      [['operations', ' '.repeat(100_001)], MAP],
      'The fields "operations" and "map" may have at most 100000 bytes each.',
    ],
  ] as const)('of %s is told what is wrong', async (_what, parts, message) => {
    const answer = await postRaw(
      front.url,
      `${parts.map(([name, value]) => part(name, value)).join('')}--${boundary}--\r\n`,
    )
    expect(answer).toEqual({
      status: 400,
      json: {
        errors: [{ message: expect.stringMatching(`^${message}`), extensions: { code: 'BAD_USER_INPUT' } }],
      },
    })
  })

  test('without a boundary, or without its end, is told so', async () => {
    expect(await postRaw(front.url, '', 'multipart/form-data')).toMatchObject({
      status: 400,
      json: { errors: [{ message: expect.stringContaining('with the boundary of its parts') }] },
    })
    expect(await postRaw(front.url, part(...OPERATIONS))).toMatchObject({
      status: 400,
      json: { errors: [{ message: expect.stringMatching(/^The body is no complete multipart form/) }] },
    })
  })

  test.each([
    ['of no file name at all', '', 'A file was sent without a file name.'],
    ['of an empty file name', '; filename=""', 'A file was sent without a file name.'],
  ])('of a file %s is told so', async (_what, filename, message) => {
    const file = `--${boundary}\r\ncontent-disposition: form-data; name="0"${filename}\r\ncontent-type: application/octet-stream\r\n\r\nabc\r\n`
    expect(
      await postRaw(front.url, `${part(...OPERATIONS)}${part(...MAP)}${file}--${boundary}--\r\n`),
    ).toMatchObject({
      json: {
        errors: [{ message: expect.stringMatching(`^${message}`), extensions: { code: 'BAD_USER_INPUT' } }],
      },
    })
  })

  test('that announces a file and doesn’t send it is refused', async () => {
    const map = { '0': ['variables.files.0'] }
    expect(await post(front.url, form(RECEIVE, { files: [null] }, map, []))).toMatchObject({
      errors: [
        {
          message:
            'A file that "map" announces did not come. Send it in a part of the name that "map" has for it, with a file name.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    })
  })

  test('of a file that nobody reads is answered all the same', async () => {
    const query = 'mutation I($file: Upload!) { ignore(file: $file) }'
    const body = form(query, { file: null }, { '0': ['variables.file'] }, [
      ['0', 'a', Buffer.alloc(2_900_000)],
    ])
    expect(await post(front.url, body)).toEqual({ data: { ignore: true } })
    expect(await post(front.url, body)).toEqual({ data: { ignore: true } })
  })
})

/** They take seconds each, and wait for them together. */
describe.each(shapes)('a slow upload to a subgraph $shape', (shape) => {
  let notes: Awaited<ReturnType<typeof shape.start>>
  let front: Awaited<ReturnType<typeof startFront>>
  beforeAll(async () => {
    notes = await shape.start()
    front = await startFront(notes.client)
  })
  afterAll(async () => {
    expect(notes.store.reading).toBe(0)
    front.close()
    await notes.close()
  })

  test.concurrent('whose files can’t be read in the order in which they come is told so', async () => {
    const OUT_OF_ORDER = 'A file is in the way of the one that is needed first.'
    const map = { '0': ['variables.first'], '1': ['variables.second'] }
    const variables = { first: null, second: null }
    const files: [string, string, Buffer][] = [
      ['1', 'b', Buffer.alloc(900_000)],
      ['0', 'a', Buffer.alloc(900_000)],
    ]
    const oneAfterTheOther = `mutation S($first: Upload!, $second: Upload!) {
      a: receive(files: [$first]) { name } b: receive(files: [$second]) { name }
    }`
    const unused = 'mutation U($first: Upload!) { receive(files: [$first]) { name } }'
    const refused = {
      errors: [{ message: expect.stringContaining(OUT_OF_ORDER), extensions: { code: 'BAD_USER_INPUT' } }],
    }
    expect(
      await Promise.all([
        post(front.url, form(oneAfterTheOther, variables, map, files)),
        post(front.url, form(unused, variables, map, files)),
      ]),
    ).toMatchObject([refused, refused])
  })

  test.concurrent.each([
    ['the operation', part('operations', '').slice(0, -2)],
    [
      'a file',
      `${part(...OPERATIONS)}${part(...MAP)}--x\r\ncontent-disposition: form-data; name="0"; filename="a"\r\n\r\n`,
    ],
  ])('whose client sends %s byte by byte is ended, and told so', async (_what, start) => {
    const request = httpRequest(front.url, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
    const answer = Promise.withResolvers<IncomingMessage>()
    request.on('response', answer.resolve)
    request.on('error', () => {})
    request.write(start)
    const trickle = setInterval(() => request.write('a'), 100)
    const closed = Promise.withResolvers<void>()
    request.on('close', closed.resolve)
    expect(JSON.parse(await text(await answer.promise))).toMatchObject({
      errors: [
        {
          message: 'The upload came too slowly and was ended. Try again over a better connection.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    })
    await closed.promise
    clearInterval(trickle)
  })

  test.concurrent('is not ended because the subgraph takes its time', async () => {
    const query = 'mutation L($file: Upload!) { receive(files: [$file], afterMs: 2500) { sizeBytes } }'
    const map = { '0': ['variables.file'] }
    const body = form(query, { file: null }, map, [['0', 'a', Buffer.alloc(2_900_000)]])
    expect(await post(front.url, body)).toEqual({ data: { receive: [{ sizeBytes: 2_900_000 }] } })
  })
})
