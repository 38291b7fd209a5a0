import { createClient } from 'graphql-ws'
import { VIEWER_CONTENT_CHANGED } from './operations.ts'
import type { ViewerContentChange } from './viewer-content.ts'

const PING_EVERY_MS = 15_000
const PONG_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 15_000

/** How a subscription ended: the server had an error for it, such as a cursor that is too old; or in another way. */
export type ChangesEnd = 'refused' | 'ended'

interface Options {
  readonly uniqueId: string
  /** The cursor that was seen last. */
  readonly after: string
  readonly signal: AbortSignal
  readonly onConnected: () => void
  readonly onChange: (change: ViewerContentChange) => void
}

/**
 * Has the changes of one content pushed, on a socket of its own, until that ends in whatever way. It never tries again
 * by itself: the library would do so with the cursor that it was given first, and so repeat what was seen since.
 */
export function receiveChanges(url: string, options: Options): Promise<ChangesEnd> {
  const { uniqueId, after, signal, onConnected, onChange } = options
  let pongDue: ReturnType<typeof setTimeout> | undefined
  const client = createClient({
    url,
    retryAttempts: 0,
    connectionAckWaitTimeout: ANSWER_WITHIN_MS,
    // A phone that slept or changed its network is often not told that its socket is dead.
    keepAlive: PING_EVERY_MS,
    on: {
      connected: onConnected,
      ping(received) {
        if (!received) pongDue = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
      },
      pong: () => clearTimeout(pongDue),
      closed: () => clearTimeout(pongDue),
    },
  })
  return new Promise((resolve) => {
    function end(errors: unknown) {
      signal.removeEventListener('abort', stop)
      // The library hands on the server's errors as an array, and a lost connection as a close event.
      resolve(Array.isArray(errors) ? 'refused' : 'ended')
      // A socket that is still connecting is not closed by the end of its subscription.
      client.terminate()
    }
    const stop = () => end(null)
    signal.addEventListener('abort', stop)
    client.subscribe<{ viewerContentChanged: ViewerContentChange }>(
      { query: VIEWER_CONTENT_CHANGED, variables: { uniqueId, after } },
      {
        next({ data, errors }) {
          if (errors || !data) end(errors)
          else if (!signal.aborted) onChange(data.viewerContentChanged)
        },
        error: end,
        complete: () => end(null),
      },
    )
  })
}
