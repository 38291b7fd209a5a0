import { refuseOtherMethods } from '@arv/subgraph'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { SecureHeaders } from './security-headers.ts'

/** What no route answered, in plain text: GraphQL has a form of its own for its errors. */
export function answerFailures(app: FastifyInstance, logger: Logger): void {
  const refuse = (reply: FastifyReply, status: number, sentence: string): FastifyReply => {
    return asText(reply).code(status).send(`${sentence} Request id: ${reply.request.id}\n`)
  }
  app.addHook('onResponse', async ({ id: requestId, method, routeOptions }, { statusCode: status }) => {
    // Not the address: it may be signed.
    if (status >= 400)
      logger.info({ requestId, method, route: routeOptions.url, status }, 'a request was refused')
  })
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is nothing at this address.'))
  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    if (status >= 400 && status < 500) return refuse(reply, status, 'The request is malformed.')
    logger.error({ err: error, requestId: request.id }, 'request failed')
    return asText(reply).code(500).send(`Something went wrong on our side. Request id: ${request.id}\n`)
  })
  refuseOtherMethods(app, (reply, allowed) => refuse(reply, 405, `This address takes only ${allowed}.`))
}

/** An address that can't be read (`/%ff`) or is too long; no hook runs for it. Makes the server's `frameworkErrors`. */
export function answerBadAddress(secureHeaders: SecureHeaders, logger: Logger) {
  return (error: { readonly statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void => {
    const status = error.statusCode ?? 400
    logger.info({ requestId: request.id, status }, 'an address could not be read')
    void asText(reply)
      .headers(secureHeaders(request))
      .code(status)
      .send(`The address is malformed. Request id: ${request.id}\n`)
  }
}

function asText(reply: FastifyReply): FastifyReply {
  return reply.type('text/plain; charset=utf-8')
}
