import { inTime } from '@arv/subgraph'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

/** Resolves while the part can serve; rejects with the reason while it can't. */
export type ReadyChecks = Readonly<Record<string, () => Promise<void>>>

const CHECK_DEADLINE_MS = 2000

/** `/healthz`: the process is alive. `/readyz`: all parts can serve, else 503 and which can't; why is only logged. */
export function mountHealthRoutes(app: FastifyInstance, checks: ReadyChecks, logger: Logger): void {
  app.get('/healthz', async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ status: 'ok' })
  })
  app.get('/readyz', async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([part, check]) => {
        try {
          await inTime(check(), CHECK_DEADLINE_MS, () => new Error('no answer in time'))
          return [part, 'ready'] as const
        } catch (error) {
          logger.warn({ err: error, part }, 'not ready')
          return [part, 'not ready'] as const
        }
      }),
    )
    const ready = results.every(([, state]) => state === 'ready')
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready', parts: Object.fromEntries(results) })
  })
}
