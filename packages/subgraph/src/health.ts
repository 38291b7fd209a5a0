import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { inTime } from './in-time.ts'

/** By the name that is shown: resolves while the part can do its work; rejects with the reason while it can't. */
export type ReadyChecks = Readonly<Record<string, () => Promise<void>>>

/** A check's own parts can't do their work; their names may be shown. */
export class PartsNotReadyError extends Error {
  readonly parts: readonly string[]

  constructor(parts: readonly string[]) {
    super(`not ready: ${parts.join(', ')}`)
    this.name = 'PartsNotReadyError'
    this.parts = parts
  }
}

/** What orchestrators and collectors ask all day long. */
export const UNWATCHED_PATHS: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics'])

const CHECK_DEADLINE_MS = 2000

/** `/healthz`: the process is alive. `/readyz`: all parts can work, else 503 and which can't; why is only logged. */
export function answerHealth(app: FastifyInstance, checks: ReadyChecks, logger: Logger): void {
  app.get('/healthz', async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ status: 'ok' })
  })
  app.get('/readyz', async (_request, reply) => {
    const parts = await Promise.all(
      Object.entries(checks).map(
        async ([part, check]) => [part, await stateOf(part, check, logger)] as const,
      ),
    )
    const ready = parts.every(([, state]) => state === 'ready')
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready', parts: Object.fromEntries(parts) })
  })
}

async function stateOf(part: string, check: () => Promise<void>, logger: Logger): Promise<string> {
  try {
    await inTime(check(), CHECK_DEADLINE_MS, () => new Error('no answer in time'))
    return 'ready'
  } catch (error) {
    logger.warn({ err: error, part }, 'not ready')
    return error instanceof PartsNotReadyError ? error.message : 'not ready'
  }
}
