import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { secureHeaders } from './security-headers.ts'

/** What no route answered, in plain text: GraphQL has a form of its own for its errors. */
export function answerFailures(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler((_request, reply) =>
    asText(reply).code(404).send('There is nothing at this address.\n'),
  )
  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    if (status >= 400 && status < 500) return asText(reply).code(status).send('The request is malformed.\n')
    logger.error({ err: error, requestId: request.id }, 'request failed')
    return asText(reply).code(500).send(`Something went wrong on our side. Request id: ${request.id}\n`)
  })
}

/** An address that can't be read (`/%ff`) or is too long; no hook runs for it. For the server's `frameworkErrors`. */
export function answerBadAddress(
  error: { readonly statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void asText(reply)
    .headers(secureHeaders(request))
    .code(error.statusCode ?? 400)
    .send('The address is malformed.\n')
}

/**
 * An address that has routes, but none for the method: says which it has (RFC 9110, section 15.5.6). To be called
 * before any of the routes is added.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  const routes: { readonly pattern: URLPattern; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: new URLPattern({ pathname: url }), methods: [method].flat() })
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return undefined
    const pathname = request.url.split('?')[0] ?? ''
    const here = routes.filter(({ pattern }) => pattern.test({ pathname }))
    const methods = [...new Set(here.flatMap((route) => route.methods))].toSorted()
    if (methods.length === 0 || methods.includes(request.method)) return undefined
    const allowed = methods.join(', ')
    return asText(reply).code(405).header('allow', allowed).send(`This address takes only ${allowed}.\n`)
  })
}

function asText(reply: FastifyReply): FastifyReply {
  return reply.type('text/plain; charset=utf-8')
}
