import { receiveChanges } from './content-changes.ts'
import { requestGraphql } from './graphql-request.ts'
import { VIEWER_CONTENT } from './operations.ts'
import { createRetryPause } from './retry-pause.ts'
import type { ViewerContent } from './viewer-content.ts'

/** A connection that held for this long was a good one: what ends it is met without a long pause. */
const HELD_MS = 20_000

const ANSWER_WITHIN_MS = 15_000

interface Answer {
  readonly viewerContent: ViewerContent | null
}

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
 * it goes on from the cursor that it saw last; when the server refuses that, as too old, it reads again. While there is
 * nothing to see it asks again, so that what is published later appears by itself.
 */
export function followContent(options: Options): LiveContent {
  const { origin, uniqueId, onContent, onConnected } = options
  const http = `${origin}/graphql`
  const socket = http.replace(/^http/, 'ws')
  const closing = new AbortController()
  const pause = createRetryPause()
  let attempt = new AbortController()
  let isHurried = false

  async function read(): Promise<ViewerContent | null> {
    attempt = new AbortController()
    const { signal } = attempt
    const timer = setTimeout(() => attempt.abort(), ANSWER_WITHIN_MS)
    try {
      const answer = requestGraphql<Answer>(http, VIEWER_CONTENT, { uniqueId }, { signal })
      return (await answer).viewerContent
    } finally {
      clearTimeout(timer)
    }
  }

  /** Until the server doesn't go on from its cursor. */
  async function followFrom(cursor: string): Promise<void> {
    let after = cursor
    while (!closing.signal.aborted) {
      attempt = new AbortController()
      let connectedAt = Infinity
      const end = await receiveChanges(socket, {
        uniqueId,
        after,
        signal: attempt.signal,
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
      if (performance.now() - connectedAt > HELD_MS) pause.reset()
      if (end === 'refused') return
      if (!isHurried) onConnected(false)
      await rest()
    }
  }

  async function rest(): Promise<void> {
    if (!isHurried) await pause.wait(closing.signal)
    isHurried = false
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const content = await read()
        onConnected(true)
        onContent(content)
        if (content) await followFrom(content.cursor)
      } catch {
        if (!closing.signal.aborted) onConnected(false)
      }
      await rest()
    }
  }

  void follow()
  return {
    refresh() {
      isHurried = true
      pause.reset()
      pause.hurry()
      attempt.abort()
    },
    close() {
      closing.abort()
      attempt.abort()
    },
  }
}
