import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { followContent } from '@arv/viewer/live-content'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { VIEWED } from './fixture-subgraphs.ts'
import { startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

describe('the viewer page', () => {
  let platform: Platform
  const sockets = new Set<Socket>()

  beforeAll(async () => {
    // As in production, where a visitor may run nothing but what is registered.
    platform = await startPlatform({ deps: { registeredOnly: true } })
    platform.gateway.app.server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
  })
  afterAll(() => platform[Symbol.asyncDispose]())
  beforeEach(() => void platform.state.viewersAfter.splice(0))

  /** Opens the page; what it showed, and whether it said to be connected, by the order of both. */
  function openPage() {
    const shown: (string | null)[] = []
    const connected: boolean[] = []
    const live = followContent({
      origin: platform.url,
      uniqueId: VIEWED,
      onContent: (content) => void shown.push(content && content.title),
      onConnected: (isConnected) => void (connected.at(-1) === isConnected || connected.push(isConnected)),
    })
    return { shown, connected, live }
  }

  async function closePage({ live }: ReturnType<typeof openPage>) {
    live.close()
    await vi.waitFor(() => expect(platform.state.subscribers()).toBe(0))
  }

  test('shows what there is, then every change, and goes on from its last cursor when the connection breaks', async () => {
    const { state } = platform
    state.showViewers('c1', 'Wedding')
    const page = openPage()

    await vi.waitFor(() => expect(state.subscribers()).toBe(1), { timeout: 10_000 })
    expect(state.viewersAfter).toEqual(['c1'])
    state.showViewers('c2', 'Silver wedding')
    await vi.waitFor(() => expect(page.shown).toEqual(['Wedding', 'Silver wedding']))

    for (const socket of sockets) socket.destroy()
    await vi.waitFor(() => expect(state.viewersAfter).toEqual(['c1', 'c2']), { timeout: 5000 })
    state.showViewers('c3', null)
    await vi.waitFor(() => expect(page.shown).toEqual(['Wedding', 'Silver wedding', null]))
    expect(page.connected).toEqual([true, false, true])
    await closePage(page)
  })

  test('asks again and again where no socket gets through, and is not called unconnected', async () => {
    const { state } = platform
    const { server } = platform.gateway.app
    const block = (_request: unknown, socket: Socket) => socket.destroy()
    server.prependListener('upgrade', block)
    state.showViewers('c1', 'Wedding')
    const page = openPage()

    await vi.waitFor(() => expect(page.shown).toEqual(['Wedding']))
    state.showViewers('c2', 'Silver wedding')
    await vi.waitFor(() => expect(page.shown.at(-1)).toBe('Silver wedding'), { timeout: 10_000 })
    expect(page.connected).toEqual([true])

    server.removeListener('upgrade', block)
    page.live.refresh()
    await vi.waitFor(() => expect(state.subscribers()).toBe(1), { timeout: 10_000 })
    await closePage(page)
  })

  test('is told that it is outdated by a server that doesn’t know what it asks', async () => {
    // It has the words of ours for what is not registered.
    const refused = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    const words = await refused.text()
    const other = createServer((_request, response) => response.writeHead(refused.status).end(words))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const isOutdated = new Promise<boolean>((resolve) => {
      const live = followContent({
        origin: `http://127.0.0.1:${address.port}`,
        uniqueId: VIEWED,
        onContent: () => undefined,
        onConnected: () => undefined,
        onOutdated() {
          live.close()
          resolve(true)
        },
      })
    })
    expect(await isOutdated).toBe(true)
    other.close()
  })

  test('reads again when its cursor is refused', async () => {
    const { state } = platform
    state.showViewers('nonsense', 'Wedding')
    const page = openPage()

    await vi.waitFor(() => expect(state.viewersAfter).toEqual(['nonsense']), { timeout: 5000 })
    state.showViewers('c2', 'Silver wedding')
    await vi.waitFor(() => expect(state.viewersAfter).toEqual(['nonsense', 'c2']), { timeout: 5000 })
    expect(page.shown).toEqual(['Wedding', 'Silver wedding'])
    await closePage(page)
  })

  test('asks again while there is nothing to see, and at once when somebody looks again', async () => {
    const { state } = platform
    state.showViewers('c1', null)
    const page = openPage()

    await vi.waitFor(() => expect(page.shown).toEqual([null, null]), { timeout: 5000 })
    state.showViewers('c2', 'Wedding')
    page.live.refresh()
    await vi.waitFor(() => expect(page.shown.at(-1)).toBe('Wedding'), { timeout: 500 })
    expect(page.connected).toEqual([true])
    await closePage(page)
  })

  test('does not trust a connection from before it slept: a new one goes on from its last cursor', async () => {
    const { state } = platform
    state.showViewers('c1', 'Wedding')
    const page = openPage()

    await vi.waitFor(() => expect(state.viewersAfter).toEqual(['c1']), { timeout: 5000 })
    page.live.refresh()
    await vi.waitFor(() => expect(state.viewersAfter).toEqual(['c1', 'c1']), { timeout: 500 })
    expect(page.connected).toEqual([true])
    await closePage(page)
  })
})
