import { request, subscribe } from './graphql-client.js'
import { VIEWER_CONTENT, VIEWER_CONTENT_CHANGED } from './operations.js'

const SHORTEST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/**
 * Follows one content for as long as the page is open: reads it, then has every change pushed. After a lost connection
 * it goes on from the cursor that it saw last; when that is too old to go on from, it reads again.
 *
 * @param show - is given the content, or null while there is none to see.
 * @param showConnected - is told whether the last attempt reached the server.
 */
export async function followContent({ origin, uniqueId, show, showConnected, signal }) {
  const http = `${origin}/graphql`
  const socket = http.replace(/^http/, 'ws')
  const pause = createPause(signal)
  while (!signal?.aborted) {
    try {
      const { viewerContent } = await request(http, VIEWER_CONTENT, { uniqueId })
      showConnected(true)
      show(viewerContent)
      pause.reset()
      if (viewerContent) await followFrom(viewerContent.cursor)
      else await pause.longest()
    } catch {
      showConnected(false)
      await pause.next()
    }
  }

  async function followFrom(cursor) {
    let after = cursor
    while (!signal?.aborted) {
      const onData = ({ viewerContentChanged: change }) => {
        after = change.cursor
        showConnected(true)
        show(change.content)
        pause.reset()
      }
      const { errors } = await subscribe(socket, VIEWER_CONTENT_CHANGED, { uniqueId, after }, onData, {
        signal,
      })
      if (errors.some((error) => error.extensions?.code === 'CURSOR_EXPIRED')) return
      await pause.next()
    }
  }
}

/** Longer after each failure, with some chance in it so that a thousand phones don't come back at once. */
function createPause(signal) {
  let milliseconds = SHORTEST_PAUSE_MS
  return {
    reset() {
      milliseconds = SHORTEST_PAUSE_MS
    },
    next() {
      const now = milliseconds * (0.5 + Math.random() / 2)
      milliseconds = Math.min(milliseconds * 2, LONGEST_PAUSE_MS)
      return wait(now, signal)
    },
    longest: () => wait(LONGEST_PAUSE_MS, signal),
  }
}

/** Ends early when the network comes back. */
function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', done)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    globalThis.addEventListener?.('online', done)
    signal?.addEventListener('abort', done)
  })
}
