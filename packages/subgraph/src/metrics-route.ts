import { mayReadMetrics } from '@arv/telemetry'
import type { MetricsAccess, Telemetry } from '@arv/telemetry'
import type { FastifyInstance } from 'fastify'

/** `/metrics`, in Prometheus's text format, for those who may read it; to others there is nothing at this address. */
export function answerMetrics(app: FastifyInstance, telemetry: Telemetry, access: MetricsAccess): void {
  app.get('/metrics', async (request, reply) => {
    const { headers, raw } = request
    switch (mayReadMetrics({ headers, address: raw.socket.remoteAddress }, access)) {
      case 'hidden':
        return reply.callNotFound()
      case 'needs token':
        return reply
          .code(401)
          .header('www-authenticate', 'Bearer')
          .type('text/plain; charset=utf-8')
          .send('A token is needed here.\n')
      case 'allowed': {
        const { contentType, text } = await telemetry.metrics()
        return reply.header('cache-control', 'no-store').type(contentType).send(text)
      }
    }
  })
}
