import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const numbers = (platform: Platform, headers: Record<string, string> = {}) =>
  fetch(`${platform.url}/metrics`, { headers })

describe('/metrics', () => {
  let platform: Platform

  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform[Symbol.asyncDispose]())

  test('is there for programs on the same machine, and for nobody that a proxy speaks for', async () => {
    expect((await numbers(platform)).status).toBe(200)
    const proxied = await numbers(platform, { 'x-forwarded-for': '203.0.113.7' })
    expect(proxied.status).toBe(404)
    expect(await proxied.text()).toMatch(/^There is nothing at this address\./)
  })

  test('counts open sockets and subscriptions, and no longer when they have ended', async () => {
    const client = createClient({
      url: `${platform.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const events = client.iterate({ query: 'subscription { contentChanged { title } }' })
    const first = events.next()
    await expect.poll(() => platform.state.subscribers()).toBe(1)
    const open = await (await numbers(platform)).text()
    expect(open).toMatch(/^arv_subscriptions_open\{field="contentChanged"\} 1$/m)
    expect(open).toMatch(/^arv_websocket_connections 1$/m)

    platform.state.changeContent('1')
    await first
    await client.dispose()
    await expect.poll(async () => (await numbers(platform)).text()).toMatch(/^arv_websocket_connections 0$/m)
    const ended = await (await numbers(platform)).text()
    expect(ended).not.toContain('arv_subscriptions_open{')
    expect(ended).toMatch(/^arv_subscription_event_duration_seconds_count\{field="contentChanged"\} 1$/m)
  })

  test('tells addresses apart by their pattern only', async () => {
    await fetch(`${platform.url}/qr/0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7.svg`)
    await fetch(`${platform.url}/nothing/here`)
    const text = await (await numbers(platform)).text()
    expect(text).toContain(
      'arv_http_request_duration_seconds_count{method="GET",route="/qr/:file",status="200"} 1',
    )
    expect(text).toContain('arv_http_request_duration_seconds_count{method="GET",route="none",status="404"} ')
    expect(text).not.toContain('0b9a63b6')
  })
})

test('/metrics is not there in production until there is a token', async () => {
  const metricsAccess = { token: undefined, openToThisMachine: false }
  await using platform = await startPlatform({ deps: { metricsAccess } })
  expect((await numbers(platform)).status).toBe(404)
})
