import type { IncomingMessage } from 'node:http'
import type { GraphQLError } from 'graphql'
import { badUserInput } from './errors.ts'

/** How fast a client has to send: at least so many bytes within each such time that is spent waiting for it. */
export interface UploadPace {
  readonly leastBytes: number
  readonly withinMs: number
}

/** Watches over one multipart request, whose parts come one after another and only as fast as they are read. */
export interface UploadWatch {
  /** Rejects when the request can't go on. */
  readonly failed: Promise<never>
  /** Somebody waits for `arrival` and does nothing else before it is there. */
  wait<T>(arrival: Promise<T>): Promise<T>
  /** Begins to read a file; answers what to call at its end. @param fail ends the reading */
  read(fail: (error: GraphQLError) => void): () => void
  stop(): void
}

const TICK_MS = 500
/** For how long a file may be in the way of the one that is wanted: resolvers don't ask for theirs at the same instant. */
const IN_THE_WAY_MS = 5000

/**
 * Ends what would never end: a file that waits for the one behind it to be read, since nobody wants it before; and a
 * client that sends next to nothing. Time in which the client waits for us is not held against it.
 */
export function watchUpload(request: IncomingMessage, pace?: UploadPace): UploadWatch {
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const readers = new Set<(error: GraphQLError) => void>()
  let waiting = 0
  let inTheWayMs = 0
  let waitedMs = 0
  let seen = request.socket.bytesRead
  let received = 0

  function fail(error: GraphQLError): void {
    stop()
    reject(error)
    for (const endReading of readers) endReading(error)
  }

  function tick(): void {
    if (request.readableEnded || request.destroyed) return stop()
    const moved = request.socket.bytesRead - seen
    seen += moved
    received += moved
    const waitsForUs = request.readableFlowing === false || request.readableLength > 0
    const isInTheWay = waitsForUs && moved === 0 && waiting > 0 && readers.size === 0
    inTheWayMs = isInTheWay ? inTheWayMs + TICK_MS : 0
    if (inTheWayMs >= IN_THE_WAY_MS) return fail(outOfOrder())
    if (!pace) return
    if (!waitsForUs) waitedMs += TICK_MS
    if (waitedMs < pace.withinMs) return
    if (received < pace.leastBytes) return fail(tooSlow())
    waitedMs = 0
    received = 0
  }

  const timer = setInterval(tick, TICK_MS)
  timer.unref()
  const stop = () => clearInterval(timer)
  return {
    failed,
    stop,
    async wait(arrival) {
      waiting += 1
      try {
        return await Promise.race([arrival, failed])
      } finally {
        waiting -= 1
      }
    },
    read(endReading) {
      readers.add(endReading)
      return () => readers.delete(endReading)
    },
  }
}

function outOfOrder(): GraphQLError {
  return badUserInput(
    'A file is in the way of the one that is needed first. Send the files in the order in which the operation uses them, and none that it doesn’t use.',
  )
}

function tooSlow(): GraphQLError {
  return badUserInput('The upload came too slowly and was ended. Try again over a better connection.')
}
