import { companies, type Database } from '@arv/database'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { type CompanyExport, failExports, forgetGivenRows } from './company-exports.repository.ts'

export interface AbandonDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

/** Ends an export that nobody goes on with; the company may ask for another one. */
export async function abandonExport(
  { database }: Pick<AbandonDeps, 'database'>,
  { companyId, id }: Pick<CompanyExport, 'companyId' | 'id'>,
  errorCode: 'STORAGE_FAILED' | 'INTERNAL',
): Promise<void> {
  const tenant = companies([companyId], { kind: 'job', name: 'export.abandoned' })
  await database.write(tenant, async (tx) => {
    const failed = await failExports(tx, companyId, id, errorCode)
    if (failed.length > 0) await forgetGivenRows(tx, companyId, id)
  })
}
