import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { inTime } from './in-time.ts'
import type { Subgraph } from './subgraph.ts'

const READY_DEADLINE_MS = 3000

/** `/healthz`: the process lives. `/readyz`: the subgraph can do its work, or 503. */
export function answerHealth(app: FastifyInstance, subgraph: Subgraph, logger: Logger): void {
  app.get('/healthz', () => ({ alive: true }))
  app.get('/readyz', async (_request, reply) => {
    const ready = await isReady(subgraph, logger)
    return reply.code(ready ? 200 : 503).send({ ready })
  })
}

async function isReady(subgraph: Subgraph, logger: Logger): Promise<boolean> {
  try {
    await inTime(subgraph.ready(), READY_DEADLINE_MS, () => new Error('The check took too long.'))
    return true
  } catch (error) {
    logger.warn({ err: error }, 'Not ready')
    return false
  }
}
