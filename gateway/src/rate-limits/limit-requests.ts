import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientInfoOf } from '../client-info.ts'
import type { ProxyTrust } from '../client-info.ts'
import { sendError } from '../graphql-answers.ts'
import { GRAPHQL_PATHS } from '../graphql-route.ts'
import { rateLimitFields } from './rate-limit-fields.ts'
import { rateLimitRefusal } from './rate-limit-refusal.ts'
import type { Charge, Counted, RateLimits } from './rate-limits.ts'

/** What watches over us must not be kept from looking. */
const UNCOUNTED = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Refuses what comes too often from one address, before a token is looked at or a body is read. To be called after
 * those hooks that every answer needs, and before the routes.
 */
export function limitRequests(app: FastifyInstance, rateLimits: RateLimits, trust: ProxyTrust): void {
  app.addHook('onRequest', async (request, reply) => {
    const { ipAddress } = clientInfoOf(request.raw, trust)
    for (const what of countedAs(request)) {
      const charge = await rateLimits.count(what, ipAddress)
      if (!charge.allowed) return refuse(request, reply, charge)
    }
    return undefined
  })
}

function countedAs(request: FastifyRequest): readonly Counted[] {
  if (isGraphql(request)) return hasFiles(request) ? ['requests', 'uploads'] : ['requests']
  // The router's word for it: an address can be written in many ways.
  const route = request.routeOptions.url ?? ''
  if (UNCOUNTED.has(route)) return []
  if (route.startsWith('/media/')) return ['files']
  return route.startsWith('/qr/') ? ['qr'] : ['pages']
}

function refuse(request: FastifyRequest, reply: FastifyReply, charge: Charge): FastifyReply {
  const refusal = rateLimitRefusal(charge)
  void reply.headers(rateLimitFields(charge, 'requests'))
  if (isGraphql(request)) return sendError(reply, 429, refusal)
  return reply
    .code(429)
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(`${refusal.message}\n`)
}

function isGraphql({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url !== undefined && GRAPHQL_PATHS.includes(routeOptions.url)
}

function hasFiles({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.trimStart().toLowerCase().startsWith('multipart/') ?? false
}
