import { connect as connectPlain } from 'node:net'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { RequestOptions } from 'node:https'
import { text as textOf } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { createClient } from 'graphql-ws'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { TlsIdentity } from '../src/gateway.ts'
import { startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

let platform: Platform
let tls: TlsIdentity
let port: number

beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  tls = { key: made.private, certificate: made.cert }
  platform = await startPlatform({ deps: { tls } })
  port = Number(new URL(platform.url).port)
})
afterAll(() => platform[Symbol.asyncDispose]())

/** An answer over HTTPS to somebody who trusts this certificate and no other. */
function get(path: string, options: RequestOptions = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>()
  httpsRequest(`${platform.url}${path}`, { ca: tls.certificate, agent: false, ...options }, (response) => {
    textOf(response).then((body) => resolve({ status: response.statusCode, body }), reject)
  })
    .on('error', reject)
    .end(options.method === 'POST' ? '{"query":"{ __typename }"}' : undefined)
  return promise
}

test('answers over HTTPS, and says so in its address', async () => {
  expect(platform.url).toBe(`https://127.0.0.1:${port}`)
  const headers = { 'content-type': 'application/json' }
  expect(await get('/graphql', { method: 'POST', headers })).toEqual({
    status: 200,
    body: '{"data":{"__typename":"Query"},"extensions":{"cost":{"requested":1,"limit":100000}}}\n',
  })
})

test('speaks GraphQL over a secure socket', async () => {
  class TrustingSocket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { ca: tls.certificate })
    }
  }
  const client = createClient({
    url: `wss://127.0.0.1:${port}/graphql`,
    webSocketImpl: TrustingSocket,
    retryAttempts: 0,
  })
  const results = client.iterate({ query: '{ __typename }' })
  expect((await results.next()).value).toMatchObject({ data: { __typename: 'Query' } })
  await client.dispose()
})

test('sends those who come by plain HTTP to the same address by HTTPS', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown[]>()
  httpRequest({ port, path: '/v/abc?x=1', headers: { host: `192.168.1.5:${port}` } }, (response) => {
    resolve([response.statusCode, response.headers.location, response.headers.connection])
    response.resume()
  }).end()
  expect(await promise).toEqual([308, `https://192.168.1.5:${port}/v/abc?x=1`, 'close'])
})

test.each(['evil.example/x', 'a b', ''])('sends nobody to a host named %j', async (host) => {
  const socket = connectPlain(port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
  expect((await textOf(socket)).split('\r\n')[0]).toBe('HTTP/1.1 400 Bad Request')
})

test('outlives clients that refuse the certificate, or break off, or speak neither', async () => {
  await expect(get('/', { ca: [] })).rejects.toThrow(/self-signed|unable to verify/)
  const line = connectPlain(port, '127.0.0.1')
  const reset = connectTls({ socket: line, host: '127.0.0.1', ca: tls.certificate })
  reset.on('error', () => undefined)
  await new Promise((resolve) => reset.once('secureConnect', resolve))
  line.resetAndDestroy()
  for (const bytes of ['\x16\x03\x01\x00\x05hello', '\x00\x01\x02', '\r\n\r\nGET']) {
    const socket = connectPlain(port, '127.0.0.1')
    socket.end(bytes)
    socket.on('error', () => undefined).resume()
    await new Promise((resolve) => socket.once('close', resolve))
  }
  expect(await get('/healthz')).toMatchObject({ status: 200 })
})

test('closes although somebody is connected who has not said anything', async () => {
  const other = await startPlatform({ deps: { tls } })
  const silent = connectPlain(Number(new URL(other.url).port), '127.0.0.1')
  const closed = new Promise((resolve) => silent.once('close', resolve))
  await new Promise((resolve) => silent.once('connect', resolve))
  await other[Symbol.asyncDispose]()
  await closed
  expect(silent.destroyed).toBe(true)
})
