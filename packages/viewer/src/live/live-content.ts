import { receiveChanges } from './content-changes.ts'
import { GraphqlRequestError, requestGraphql } from './graphql-request.ts'
import { VIEWER_CONTENT } from './operations.ts'
import { createRetryPause } from './retry-pause.ts'
import type { ViewerContent } from './viewer-content.ts'

/** A connection that held for this long was a good one: what ends it is met without a long pause. */
const HELD_MS = 20_000

const ANSWER_WITHIN_MS = 15_000

/** What a server says to a page of another version than its own. */
const OUTDATED: ReadonlySet<string | null> = new Set([
  'OPERATION_NOT_REGISTERED',
  'GRAPHQL_VALIDATION_FAILED',
])

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
  /** Is told when the server doesn't know what this page asks: it is of another version. */
  readonly onOutdated?: () => void
}

export interface LiveContent {
  /** Doesn't wait for the next attempt, and doesn't trust a connection from before: the page, or the network, is back. */
  refresh(): void
  close(): void
}

/**
 * Follows one content for as long as the page is open: reads it, then has every change pushed. After a lost connection
 * it goes on from the cursor that it saw last; when the server refuses that, as too old, it reads again. While there is
 * nothing to see it asks again, so that what is published later appears by itself; and so it does where no socket gets
 * through, as in the networks of some hotels.
 */
export function followContent(options: Options): LiveContent {
  const { origin, uniqueId, onContent, onConnected, onOutdated } = options
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

  /** Until the server doesn't go on from its cursor, or can't be reached this way. */
  async function followFrom(cursor: string): Promise<void> {
    let after = cursor
    while (!closing.signal.aborted) {
      attempt = new AbortController()
      let connectedAt: number | null = null
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
      if (connectedAt !== null && performance.now() - connectedAt > HELD_MS) pause.reset()
      if (end === 'refused') return
      // Whether there is a server, the next reading tells.
      if (connectedAt === null && !isHurried) return
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
      } catch (error) {
        if (closing.signal.aborted) return
        onConnected(false)
        if (error instanceof GraphqlRequestError && OUTDATED.has(error.code)) onOutdated?.()
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
