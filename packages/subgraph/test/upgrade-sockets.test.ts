import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import pino from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { upgradeSockets } from '../src/upgrade-sockets.ts'

const REQUEST = 'GET /other HTTP/1.1\r\nhost: arv\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'

const server = createServer()
let beforeAnswer = () => {}

beforeAll(async () => {
  upgradeSockets(server, {
    sockets: new WebSocketServer({ noServer: true }),
    accepts() {
      beforeAnswer()
      return false
    },
    logger: pino({ enabled: false }),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

function ask() {
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  client.write(REQUEST)
  return client
}

test('an upgrade that is not wanted is answered, and its connection let go', async () => {
  expect(await text(ask())).toMatch(/^HTTP\/1.1 404 Not Found\r\n/)
  await vi.waitFor(async () => expect(await openConnections()).toBe(0))
})

test('a client that is gone before its answer harms nobody else', async () => {
  const thrown: unknown[] = []
  const note = (error: unknown) => thrown.push(error)
  process.on('uncaughtException', note)
  const client = ask()
  client.on('error', () => {})
  beforeAnswer = () => client.resetAndDestroy()
  await once(client, 'close')
  await vi.waitFor(async () => expect(await openConnections()).toBe(0))
  process.off('uncaughtException', note)
  expect(thrown).toEqual([])
})

function openConnections(): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
