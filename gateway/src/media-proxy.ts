import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Agent as TlsAgent, request as httpsRequest } from 'node:https'
import { ANONYMOUS, subgraphAudience } from '@arv/identity'
import type { InternalTokenSigner } from '@arv/identity'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Logger } from 'pino'

export interface MediaProxy {
  /** Where the media subgraph listens. */
  readonly url: string
  readonly tokens: InternalTokenSigner
}

const PASSED_ON = [
  'accept',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]

/** Headers that belong to one connection, and what the world need not know about media. */
const KEPT_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'server',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
])

const HEADERS_DEADLINE_MS = 10_000

/** `/media/*` of the media subgraph, where that is another process: streamed through, ranges and validators intact. */
export function mountMediaProxy(app: FastifyInstance, { url, tokens }: MediaProxy, logger: Logger): void {
  const base = new URL(url)
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest
  const agent =
    base.protocol === 'https:' ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true })
  app.addHook('onClose', async () => agent.destroy())

  app.route({
    method: ['GET', 'HEAD'],
    url: '/media/*',
    handler: async (request, reply) => {
      const target = targetOf(request.url, base)
      if (target === null) return reply.callNotFound()
      const token = await tokens.sign(subgraphAudience('media'), { principal: ANONYMOUS })
      const headers = {
        ...allowed(request.headers),
        authorization: `Bearer ${token}`,
        'x-request-id': request.id,
      }
      let answer: IncomingMessage
      try {
        answer = await open(target, request.method, headers)
      } catch (error) {
        logger.error({ err: error, requestId: request.id }, 'media can’t be reached')
        return sendUnavailable(reply)
      }
      if ((answer.statusCode ?? 500) >= 500) {
        answer.resume()
        return sendUnavailable(reply)
      }
      return reply
        .code(answer.statusCode ?? 200)
        .headers(forwardable(answer.headers))
        .send(answer)
    },
  })

  function open(target: URL, method: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const outgoing = send(target, { agent, method, headers }, resolve)
    const deadline = setTimeout(
      () => outgoing.destroy(new Error('media did not answer in time')),
      HEADERS_DEADLINE_MS,
    )
    outgoing.once('response', () => clearTimeout(deadline))
    outgoing.once('error', (error) => {
      clearTimeout(deadline)
      reject(error)
    })
    outgoing.end()
    return promise
  }
}

/**
 * Where a request goes: to media, whatever its address says. HTTP lets it name a host (`GET http://other/media/x`),
 * which the router overlooks, and dots may lead out of `/media/`; neither may take our token along.
 */
function targetOf(requested: string, base: URL): URL | null {
  const { pathname, search } = URL.parse(requested, base.href) ?? {}
  if (!pathname?.startsWith('/media/')) return null
  const target = new URL(base)
  target.pathname = pathname
  target.search = search ?? ''
  return target
}

function allowed(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function forwardable(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = new Set(headers.connection?.toLowerCase().split(/\s*,\s*/))
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || KEPT_BACK.has(name) || named.has(name) ? [] : [[name, value]],
    ),
  )
}

function sendUnavailable(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header('retry-after', '5')
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send('This file is not available at the moment. Please try again in a few seconds.\n')
}
