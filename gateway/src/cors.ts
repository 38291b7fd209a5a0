import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Whose pages may use this gateway from a browser. */
export interface AllowedOrigins {
  /** Pages of another origin that may read answers. */
  readonly lists: (origin: string) => boolean
  /** Whether a socket may be opened: by a listed page, by one of our own, and by what is no browser, which names none. */
  readonly mayConnect: (request: IncomingMessage) => boolean
}

const METHODS = 'GET, HEAD, POST'
/** What a script may read beside the body; browsers keep the rest from it. */
const EXPOSED = 'x-request-id, retry-after, ratelimit, ratelimit-policy, accept-ranges, content-range, etag'
/** Two hours: no browser remembers a preflight for longer. */
const REMEMBERED_SECONDS = '7200'

/**
 * @param origins - exact ones, such as `https://admin.example`.
 * @throws TypeError for what is no origin.
 */
export function allowOrigins(origins: readonly string[], publicUrl: string): AllowedOrigins {
  for (const origin of origins) {
    if (!isOrigin(origin)) throw new TypeError(`"${origin}" is no origin such as https://admin.example`)
  }
  const listed = new Set(origins)
  const own = new URL(publicUrl).origin
  return {
    lists: (origin) => listed.has(origin),
    mayConnect({ headers: { origin, host } }) {
      if (origin === undefined || origin === own || listed.has(origin)) return true
      // Our own page, opened by another name of this host.
      return host !== undefined && URL.parse(origin)?.host === host.toLowerCase()
    },
  }
}

/** Whether a text is one origin in the form in which browsers send it: no path, no port that goes without saying. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.parse(text)?.origin === text
}

/**
 * Lets pages of the listed origins call every address and read the answers. Without credentials: who is asking is told
 * by a bearer token, never by a cookie. To be called before hooks that answer.
 */
export function answerOtherOrigins(app: FastifyInstance, { lists }: AllowedOrigins): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, ...headers } = request.headers
    if (origin === undefined) return undefined
    const isListed = lists(origin)
    if (isListed) {
      void reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED,
      })
    }
    if (request.method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) {
      return undefined
    }
    void reply.header('vary', 'origin, access-control-request-method, access-control-request-headers')
    if (!isListed) {
      return reply.code(403).type('text/plain; charset=utf-8').send('This origin is not allowed.\n')
    }
    const asked = headers['access-control-request-headers']
    return reply
      .headers({
        'access-control-allow-methods': METHODS,
        ...(asked !== undefined && { 'access-control-allow-headers': asked }),
        'access-control-max-age': REMEMBERED_SECONDS,
      })
      .code(204)
      .send()
  })
  // Last of all: routes say what else their answers vary by.
  app.addHook('onSend', async (_request, reply) => {
    if (reply.getHeader('access-control-allow-origin') === '*') return
    const vary = String(reply.getHeader('vary') ?? '')
    if (!/(^|,)\s*origin\s*(,|$)/i.test(vary)) void reply.header('vary', vary ? `${vary}, origin` : 'origin')
  })
}
