import { receiveChanges } from './content-changes.ts'
import { requestGraphql } from './graphql-request.ts'
import { VIEWER_CONTENT } from './operations.ts'
import { createRetryPause } from './retry-pause.ts'
import type { ViewerContent } from './viewer-content.ts'

/** A connection that held for this long was a good one: what ends it is met without a long pause. */
const HELD_MS = 20_000

interface Options {
  /** Of the page: where `/graphql` is. */
  readonly origin: string
  readonly uniqueId: string
  /** Is given the content, or null while there is none to see. */
  readonly onContent: (content: ViewerContent | null) => void
  /** Is told whether the last attempt reached the server. */
  readonly onConnected: (connected: boolean) => void
}

export interface LiveContent {
  /** Doesn't wait for the next attempt, and doesn't trust a connection from before: the page, or the network, is back. */
  refresh(): void
  close(): void
}

/**
 * Follows one content for as long as the page is open: reads it, then has every change pushed. After a lost connection
 * it goes on from the cursor that it saw last; when that is too old to go on from, it reads again. While there is
 * nothing to see it asks again, so that what is published later appears by itself.
 */
export function followContent(options: Options): LiveContent {
  const { origin, uniqueId, onContent, onConnected } = options
  const http = `${origin}/graphql`
  const socket = http.replace(/^http/, 'ws')
  const closing = new AbortController()
  const pause = createRetryPause()
  let connection = new AbortController()

  async function read(): Promise<ViewerContent | null> {
    const { signal } = closing
    const data = await requestGraphql<{ viewerContent: ViewerContent | null }>(
      http,
      VIEWER_CONTENT,
      { uniqueId },
      { signal },
    )
    return data.viewerContent
  }

  async function followFrom(cursor: string): Promise<void> {
    let after = cursor
    while (!closing.signal.aborted) {
      connection = new AbortController()
      let connectedAt = Infinity
      const end = await receiveChanges(socket, {
        uniqueId,
        after,
        signal: connection.signal,
        onConnected() {
          connectedAt = performance.now()
          onConnected(true)
        },
        onChange(change) {
          after = change.cursor
          pause.reset()
          onContent(change.content)
        },
      })
      if (end === 'cursorExpired') return
      if (connection.signal.aborted) continue
      onConnected(false)
      if (performance.now() - connectedAt > HELD_MS) pause.reset()
      await pause.wait(closing.signal)
    }
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const content = await read()
        onConnected(true)
        onContent(content)
        if (content) {
          pause.reset()
          await followFrom(content.cursor)
        }
      } catch {
        if (!closing.signal.aborted) onConnected(false)
      }
      await pause.wait(closing.signal)
    }
  }

  void follow()
  return {
    refresh() {
      pause.reset()
      pause.hurry()
      connection.abort()
    },
    close() {
      closing.abort()
      connection.abort()
    },
  }
}
