import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, Server, ServerOptions } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyServerFactory } from 'fastify'

/** Who the server is to those who connect, both in PEM. */
export interface TlsIdentity {
  readonly key: string
  readonly certificate: string
}

export interface TlsServerOptions {
  readonly tls: TlsIdentity
  /** As for a server without TLS. */
  readonly http: ServerOptions
  /** Milliseconds after which a connection on which nothing moves is closed. */
  readonly idleMs: number
}

const TLS_HANDSHAKE = 0x16
/** For what needs no more than a moment: to say what one speaks, and to be redirected. */
const PLAIN_MS = 10_000
const KEEP_ALIVE_MS = 72_000
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:]+\](:\d{1,5})?$/i

/**
 * Makes servers that speak HTTPS, and send those who came to their port by plain HTTP to the same address by HTTPS: what
 * people type has no `https://` in front.
 */
export function tlsServerFactory({ tls, http, idleMs }: TlsServerOptions): FastifyServerFactory {
  return (listener) => {
    // As Fastify's own servers: an upload may take longer than Node would wait for a request.
    const timeouts = { requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE_MS }
    const server = createHttpsServer({ ...http, ...timeouts, key: tls.key, cert: tls.certificate }, listener)
    server.setTimeout(idleMs)
    divertPlain(server, createRedirects())
    return server
  }
}

function createRedirects(): Server {
  const redirects = createHttpServer((request, response) => {
    const location = secureAddressOf(request)
    void (location === null
      ? response.writeHead(400, { connection: 'close' }).end()
      : response.writeHead(308, { location, connection: 'close' }).end())
  })
  return redirects.setTimeout(PLAIN_MS)
}

/** Which of the two a connection is for, its first byte tells: no HTTP method begins as a TLS handshake does. */
function divertPlain(server: Server, plain: Server): void {
  const startTls = server.listeners('connection')
  const withoutTls = new Set<Socket>()
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const abandon = () => socket.destroy()
    withoutTls.add(socket)
    socket.once('close', () => withoutTls.delete(socket))
    socket.on('error', abandon)
    socket.setTimeout(PLAIN_MS, abandon)
    // Not `data`: what flows can't be put back for TLS, which takes over the socket below its stream.
    socket.once('readable', () => {
      const first: unknown = socket.read(1)
      if (!Buffer.isBuffer(first)) {
        abandon()
        return
      }
      socket.off('error', abandon)
      socket.off('timeout', abandon)
      socket.setTimeout(0)
      socket.unshift(first)
      if (first[0] === TLS_HANDSHAKE) {
        withoutTls.delete(socket)
        for (const start of startTls) Reflect.apply(start, server, [socket])
      } else {
        plain.emit('connection', socket)
      }
    })
  })
  // A server has closed when its connections have, and ends by itself only those that it has seen a request on.
  const close = server.close.bind(server)
  server.close = (done) => {
    for (const socket of withoutTls) socket.destroy()
    return close(done)
  }
}

function secureAddressOf({ headers, url }: IncomingMessage): string | null {
  const { host } = headers
  return host !== undefined && HOST.test(host) && url?.startsWith('/') ? `https://${host}${url}` : null
}
