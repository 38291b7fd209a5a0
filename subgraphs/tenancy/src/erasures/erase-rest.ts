import { isForeignKeyViolation, platform, type WriteTx } from '@arv/database'
import type { JobHandler } from '@arv/jobs'
import { type ErasedTable, eraseRows, repeatErasing } from '@arv/leaving'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { eraseCompanyRow, eraseLog, finishErasure } from './company-erasures.repository.ts'

const ERASED_TABLES: readonly ErasedTable[] = [{ name: 'tenancy.projects', key: ['id'] }]
const ENTRIES_A_TIME = 2_000
const AGAIN_AFTER_SECONDS = 10

/**
 * The job `erasure.rest`: the projects, the log and the company go, and with the company's row the erasure is done. What
 * was under way when the company was marked may have come after its step: then all steps are taken once more.
 */
export function eraseRest(
  deps: Pick<TenancyDeps, 'database' | 'jobs' | 'logger'>,
): JobHandler<'erasure.rest'> {
  const { database, jobs, logger } = deps
  return async ({ companyId }, { signal }) => {
    const run = { companyId, step: 'REST', signal } as const
    const tenant = platform({ kind: 'job', name: 'erasure' }, companyId)
    const forgetLog = (tx: WriteTx) => eraseLog(tx, ENTRIES_A_TIME)
    try {
      if (!(await eraseRows(database, run, ERASED_TABLES))) return
      await repeatErasing(database, run, forgetLog, tenant)
      await database.write(tenant, async (tx) => {
        await eraseCompanyRow(tx, companyId)
        // Whoever changed something of the company has come to an end now, and may have left an entry.
        await forgetLog(tx)
        await finishErasure(tx)
      })
      logger.info({ companyId }, 'a company was erased')
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error
      await database.write(tenant, (tx) =>
        jobs.send(tx, 'erasure.people', { companyId }, { startAfterSeconds: AGAIN_AFTER_SECONDS }),
      )
    }
  }
}
