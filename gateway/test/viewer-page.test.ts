import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { VIEWED } from './fixture-subgraphs.ts'
import { startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

interface Shown {
  readonly title: string
}

type FollowContent = (options: {
  origin: string
  uniqueId: string
  show(content: Shown | null): void
  showConnected(connected: boolean): void
  signal: AbortSignal
}) => Promise<void>

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

  test('shows what there is, then every change, and goes on from its last cursor when the connection breaks', async () => {
    const { followContent }: { followContent: FollowContent } = await import(
      new URL('../pages/assets/live-content.js', import.meta.url).href
    )
    const { state } = platform
    const titles: (string | null)[] = []
    const leave = new AbortController()
    state.showViewers('c1', 'Wedding')
    const following = followContent({
      origin: platform.url,
      uniqueId: VIEWED,
      show: (content) => void titles.push(content && content.title),
      showConnected: () => undefined,
      signal: leave.signal,
    })

    await vi.waitFor(() => expect(state.subscribers()).toBe(1), { timeout: 10_000 })
    expect(state.viewersAfter).toEqual(['c1'])
    state.showViewers('c2', 'Silver wedding')
    await vi.waitFor(() => expect(titles).toEqual(['Wedding', 'Silver wedding']))

    for (const socket of sockets) socket.destroy()
    await vi.waitFor(() => expect(state.viewersAfter).toEqual(['c1', 'c2']), { timeout: 5000 })
    state.showViewers('c3', null)
    await vi.waitFor(() => expect(titles).toEqual(['Wedding', 'Silver wedding', null]))

    leave.abort()
    await following
    await vi.waitFor(() => expect(state.subscribers()).toBe(0))
  })
})
