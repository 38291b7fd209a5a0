import type { OpenSpan, Telemetry } from '@arv/telemetry'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { UNWATCHED_PATHS } from './health.ts'

interface HttpObservation {
  readonly telemetry: Telemetry
  /** Whose `traceparent` is believed; a stranger's would let them write into our traces. */
  readonly believesTrace: (request: FastifyRequest) => boolean
}

/** The status in the logs of servers for a client that went away before it had its answer. */
const CLIENT_LEFT = 499

/** Measures and traces every request. To be called before any other hook is added, so that their time counts too. */
export function observeHttp(app: FastifyInstance, { telemetry, believesTrace }: HttpObservation): void {
  const { tracing, instruments } = telemetry
  const spans = new WeakMap<FastifyRequest, OpenSpan>()

  app.addHook('onRequest', (request, reply, done) => {
    const began = performance.now()
    const route = routeOf(request)
    const span = tracing.enabled && !UNWATCHED_PATHS.has(route) ? open(request, route) : undefined
    if (span) spans.set(request, span)
    reply.raw.once('close', () => {
      const status = statusOf(reply)
      instruments.httpRequest((performance.now() - began) / 1000, request.method, route, String(status))
      span?.set({ 'http.response.status_code': status })
      if (status >= 500) span?.fail(String(status))
      span?.end()
    })
    if (span) span.run(done)
    else done()
  })
  // A body arrives in events of the connection, which know nothing of the request's span.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request)
    if (span) span.run(done)
    else done()
  })

  function open(request: FastifyRequest, route: string): OpenSpan {
    const { traceparent } = request.headers
    return tracing.open(`${request.method} ${route}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' && believesTrace(request) ? traceparent : null,
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'arv.request_id': request.id,
      },
    })
  }
}

/** The pattern of the address, not the address: of those there may be only so many, and they hold no ids. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none')
}

function statusOf(reply: FastifyReply): number {
  return reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_LEFT
}
