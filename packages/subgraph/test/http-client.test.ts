import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { generateSigningKey, createInternalTokenSigner } from '@arv/identity'
import { onTestFinished, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { ann, asJson, hostNotes, httpClient, portOf, request, run } from './shapes.ts'

/** A subgraph that misbehaves. */
async function upstream(answer: (request: IncomingMessage, response: ServerResponse, call: number) => void) {
  const calls: IncomingMessage[] = []
  const server = createServer((message, response) => {
    calls.push(message)
    message.resume()
    answer(message, response, calls.length)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { calls, server, url: `http://127.0.0.1:${portOf(server.address())}` }
}

const unavailableError = {
  message: 'This part of the service is not available right now. Try again shortly.',
  extensions: { code: 'SERVICE_UNAVAILABLE' },
}
const unavailable = { errors: [unavailableError] }

function json(response: ServerResponse, value: unknown, status = 200) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

describe('a subgraph behind HTTP that', () => {
  test('never answers is unavailable at the deadline', async () => {
    const { url } = await upstream(() => {})
    const { client, lines } = httpClient(url, { deadlines: { queryMs: 150 } })
    const start = performance.now()
    expect(await run(client, '{ asker { userId } }')).toEqual(unavailable)
    expect(performance.now() - start).toBeGreaterThan(140)
    expect(performance.now() - start).toBeLessThan(1000)
    expect(lines.join()).toMatch(/"requestId":"req-1"/)
  })

  test.each<[string, (response: ServerResponse) => void]>([
    [
      'answers with a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>nginx 10.0.0.7</h1>'),
    ],
    [
      'answers 502',
      (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>10.0.0.7</h1>'),
    ],
    ['answers 500 in JSON', (response) => json(response, { data: { asker: null } }, 500)],
    [
      'wants another token',
      (response) =>
        json(response, { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }, 401),
    ],
    ['answers JSON that is no result', (response) => json(response, { hello: 'world' })],
    [
      'answers JSON with errors of no shape',
      (response) => json(response, { data: null, errors: ['10.0.0.7'] }),
    ],
    [
      'answers JSON that ends early',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":'),
    ],
    [
      'breaks off its answer',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{"data":{}}')
        setTimeout(() => response.destroy(), 20)
      },
    ],
    [
      'stops in the middle of its answer',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write('{"data":')
      },
    ],
  ])('%s is unavailable', async (_what, answer) => {
    const { url } = await upstream((_request, response) => answer(response))
    expect(
      await run(httpClient(url, { deadlines: { queryMs: 300 } }).client, '{ asker { userId } }'),
    ).toEqual(unavailable)
  })

  test('is not there is unavailable', async () => {
    expect(await run(httpClient('http://127.0.0.1:1').client, '{ asker { userId } }')).toEqual(unavailable)
    const opened = await httpClient('http://127.0.0.1:1').client.subscribe(
      request('subscription { noteAdded { id } }'),
    )
    expect(asJson(opened)).toEqual(unavailable)
    await expect(httpClient('http://127.0.0.1:1').client.command('count', {}, ann)).rejects.toMatchObject(
      unavailableError,
    )
  })

  test('drops the connection is asked a query once more, a mutation never', async () => {
    const { url, calls } = await upstream((message, response, call) => {
      if (call === 1) message.socket.destroy()
      else json(response, { data: { asker: null } })
    })
    const { client } = httpClient(url)
    expect(await run(client, '{ asker { userId } }')).toEqual({ data: { asker: null } })
    expect(calls).toHaveLength(2)

    const mutated = await upstream((message) => message.socket.destroy())
    expect(
      await run(httpClient(mutated.url).client, 'mutation { addNote(input: { text: "a" }) { note { id } } }'),
    ).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', outcome: 'UNKNOWN' } }] })
    expect(mutated.calls).toHaveLength(1)
  })

  test('is sent the token, the request id and the client, and no header else', async () => {
    const { url, calls } = await upstream((_request, response) => json(response, { data: {} }))
    await run(httpClient(url).client, '{ asker { userId } }')
    expect(Object.keys(calls[0]?.headers ?? {}).toSorted()).toEqual([
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'x-arv-client-ip',
      'x-arv-client-user-agent',
      'x-request-id',
    ])
  })

  test('is asked twice over one connection', async () => {
    const { url, calls } = await upstream((_request, response) => json(response, { data: {} }))
    const { client } = httpClient(url)
    await run(client, '{ asker { userId } }')
    await run(client, '{ asker { userId } }')
    expect(calls[1]?.socket).toBe(calls[0]?.socket)
  })
})

test('a thousand calls to a subgraph that hangs wait in bounded numbers, then none does, and all are served again', async () => {
  let hangs = true
  const { url, calls } = await upstream((_request, response) => {
    if (!hangs) json(response, { data: { asker: null } })
  })
  const { client } = httpClient(url, { deadlines: { queryMs: 1500 } })
  const flood = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const started = performance.now()
        const answer = await run(client, '{ asker { userId } }')
        return { answer, ms: performance.now() - started }
      }),
    )
  const first = await flood(1000)
  expect(calls).toHaveLength(200)
  expect(first.filter(({ ms }) => ms < 1000)).toHaveLength(800)

  // By now it counts as gone: only two find out whether it is.
  const second = await flood(1000)
  expect(calls).toHaveLength(202)
  for (const { answer } of [...first, ...second]) expect(answer).toEqual(unavailable)

  hangs = false
  expect(await run(client, '{ asker { userId } }')).toEqual({ data: { asker: null } })
  for (const { answer } of await flood(100)) expect(answer).toEqual({ data: { asker: null } })
}, 20_000)

describe('a subscription over HTTP', () => {
  test('whose subgraph goes away ends, and says that it is unavailable', async () => {
    const notes = await hostNotes()
    onTestFinished(() => notes.close())
    const events = await httpClient(notes.url).client.subscribe(
      request('subscription { noteAdded { text } }'),
    )
    if (!(Symbol.asyncIterator in events)) throw new Error('refused')
    notes.store.add('one')
    await notes.close()
    const rest = []
    for await (const event of events) rest.push(asJson(event))
    expect(rest).toEqual([{ data: { noteAdded: { text: 'one' } } }, unavailable])
  })

  test('that is neither accepted nor refused is unavailable at the deadline', async () => {
    const { url, server } = await upstream(() => {})
    const sockets = new WebSocketServer({ server })
    const { client } = httpClient(url, { deadlines: { queryMs: 150 } })
    expect(asJson(await client.subscribe(request('subscription { noteAdded { id } }')))).toEqual(unavailable)
    await expect.poll(() => sockets.clients.size).toBe(0)
  })

  test('with a token that the subgraph doesn’t take is unavailable', async () => {
    const notes = await hostNotes()
    onTestFinished(() => notes.close())
    const stranger = createInternalTokenSigner({ privateJwk: generateSigningKey() })
    const { client } = httpClient(notes.url, { tokens: stranger })
    expect(asJson(await client.subscribe(request('subscription { noteAdded { id } }')))).toEqual(unavailable)
    expect(notes.store.watchers()).toBe(0)
  })
})
