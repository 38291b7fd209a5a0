import { setTimeout as sleep } from 'node:timers/promises'
import { sealAuditLog } from '@arv/events'
import type { TenancyDeps } from '../tenancy-deps.ts'

/** How long an entry may wait for its seal, beside the transactions that it has to wait for. */
const EVERY_MS = 10_000

/**
 * Seals the audit log as long as the process works. Every worker does it, one at a time. How it stops: the answer.
 */
export function keepSealing({
  database,
  logger,
}: Pick<TenancyDeps, 'database' | 'logger'>): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const sealed = await sealAuditLog(database, signal)
        if (sealed > 0) logger.debug({ sealed }, 'audit entries were sealed')
      } catch (error) {
        logger.warn({ err: error }, 'the audit log could not be sealed')
      }
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const running = run()
  return () => {
    stopping.abort()
    return running
  }
}
