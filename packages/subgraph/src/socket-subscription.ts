import type { ExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'
import type { Logger } from 'pino'
import { WebSocket } from 'ws'
import { serviceUnavailable, tooSlow } from './errors.ts'
import type { InternalHeaders } from './internal-headers.ts'
import { createResultQueue } from './result-queue.ts'
import type { ResultStream } from './run-operation.ts'
import { isStartedSignal } from './started-signal.ts'
import { readWireErrors, readWireResult } from './wire-result.ts'

const KEEP_ALIVE_MS = 10_000
/** Events that wait for a slow reader; one more and the stream ends, so that it can be taken up again from its cursor. */
const MAX_WAITING_EVENTS = 1000

interface SocketSubscription {
  readonly url: URL
  readonly headers: InternalHeaders
  readonly payload: { query: string; variables: Record<string, unknown>; operationName?: string }
  /** How long the subgraph may take to accept or refuse. */
  readonly deadlineMs: number
  readonly logger: Logger
}

/**
 * Opens a subscription over a connection of its own, for the token in it is this caller's. Never throws: a subgraph that
 * can't be reached is a result with SERVICE_UNAVAILABLE, and one that goes away ends the stream with it.
 */
export async function openSocketSubscription(
  options: SocketSubscription,
): Promise<ResultStream | ExecutionResult> {
  const { logger, payload } = options
  const { promise: opening, resolve: settle } = Promise.withResolvers<ResultStream | ExecutionResult>()
  const unavailable = (reason: unknown): ExecutionResult => {
    logger.warn(
      { err: reason, requestId: options.headers['x-request-id'] },
      'A subscription lost its subgraph',
    )
    return { errors: [serviceUnavailable()] }
  }
  let state: 'opening' | 'open' | 'finished' = 'opening'
  const client = connect(options, () => {
    state = 'open'
    settle(queue.results)
  })
  const queue = createResultQueue({
    max: MAX_WAITING_EVENTS,
    overflow: () => ({ errors: [tooSlow()] }),
    closed: () => {
      // `dispose` waits for a handshake that may never come.
      if (state === 'open') void client.dispose()
      else client.terminate()
      state = 'finished'
    },
  })
  const finish = (result: () => ExecutionResult) => {
    if (state === 'finished') return
    if (state === 'open') queue.push(result())
    else settle(result())
    queue.end()
  }
  const timer = setTimeout(() => finish(() => unavailable('It did not answer in time.')), options.deadlineMs)
  client.subscribe(payload, {
    next(value) {
      const result = readWireResult(value)
      if (state === 'open' && result) queue.push(result)
      else finish(() => result ?? unavailable('An event that is no GraphQL result.'))
    },
    error(reason) {
      const errors = readWireErrors(reason)
      finish(() => (errors ? { errors } : unavailable(reason)))
    },
    complete() {
      if (state === 'open') queue.end()
      else finish(() => unavailable('It ended the subscription before it began.'))
    },
  })
  const opened = await opening
  clearTimeout(timer)
  return opened
}

function connect({ url, headers }: SocketSubscription, started: () => void) {
  let silence: NodeJS.Timeout | undefined
  const client = createClient({
    url: url.href.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { ...headers },
    retryAttempts: 0,
    keepAlive: KEEP_ALIVE_MS,
    on: {
      ping(received, payload) {
        if (received && isStartedSignal(payload)) started()
        // A peer that vanished without a word closes nothing: what doesn't answer a ping is gone.
        if (!received) silence = setTimeout(() => client.terminate(), KEEP_ALIVE_MS)
      },
      pong(received) {
        if (received) clearTimeout(silence)
      },
      closed: () => clearTimeout(silence),
    },
  })
  return client
}
