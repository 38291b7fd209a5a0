import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'

const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}

type AnswerUnreadable = (error: Error & { readonly code?: string }, socket: Socket) => void

/** Answers what is no HTTP request, or comes too slowly to be one: for the `clientErrorHandler` of a server. */
export function unreadableAnswer(logger: Logger): AnswerUnreadable {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const requestId = randomUUID()
    const status = STATUS_OF[error.code ?? ''] ?? 400
    // Not the error itself: it holds the bytes that came, a token among them perhaps.
    logger.info({ requestId, status, reason: error.code }, 'what came was no request')
    const body = `The request is malformed. Request id: ${requestId}\n`
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: text/plain; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  }
}
