import type { IncomingMessage, Server } from 'node:http'
import type { Logger } from 'pino'
import type { WebSocketServer } from 'ws'
import { requestIdOf } from './request-id.ts'

const notFound = (requestId: string) =>
  `HTTP/1.1 404 Not Found\r\nx-request-id: ${requestId}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`

interface Upgrading {
  readonly sockets: WebSocketServer
  readonly accepts: (request: IncomingMessage) => boolean
  readonly logger: Logger
}

/**
 * Whether a request wants to become a socket: for the `shouldUpgradeCallback` of a server. Clients that would rather
 * speak HTTP/2 (`upgrade: h2c`, which Java's send by themselves) are answered as if they had not asked.
 */
export function wantsSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** Turns the upgrade requests that `accepts` wants into sockets of `sockets`; the others are told that nothing is there. */
export function upgradeSockets(server: Server, { sockets, accepts, logger }: Upgrading): void {
  server.on('upgrade', (request, socket, head) => {
    if (accepts(request)) {
      sockets.handleUpgrade(request, socket, head, (opened) => {
        sockets.emit('connection', opened, request)
        // The protocol's own listener prints to the console what anybody can cause by a malformed frame.
        opened.removeAllListeners('error')
        opened.on('error', (error) => logger.debug({ err: error }, 'A WebSocket broke'))
      })
      return
    }
    // Node has let go of the socket: unheard, a client that is gone already would end the process.
    socket.on('error', () => socket.destroy())
    const requestId = requestIdOf(request.headers)
    logger.info({ requestId }, 'a WebSocket for an address that has none')
    socket.end(notFound(requestId), () => socket.destroy())
  })
}
