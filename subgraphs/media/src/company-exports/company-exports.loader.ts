import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { oneForEach } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { type CompanyExport, findExports, findExportsOfCompanies } from './company-exports.repository.ts'

export type CompanyExportLoader = DataLoader<number, CompanyExport | null>
export type ExportsOfCompanyLoader = DataLoader<number, CompanyExport[]>

const LISTED = 20

/** Exports by their id; null for one that is not there, or not for the caller. */
export function createCompanyExportLoader(database: Database, caller: Caller): CompanyExportLoader {
  return new DataLoader(async (ids) => {
    const tenant = readingTenant(caller)
    const exports = await database.read(tenant, (tx) => findExports(tx, tenant, ids))
    return oneForEach(ids, exports, ({ id }) => id)
  })
}

/** The latest exports of companies, the newest first. */
export function createExportsOfCompanyLoader(database: Database, caller: Caller): ExportsOfCompanyLoader {
  return new DataLoader(async (companyIds) => {
    const exports = await database.read(readingTenant(caller), (tx) =>
      findExportsOfCompanies(tx, companyIds, LISTED),
    )
    const byCompany = Map.groupBy(exports, ({ companyId }) => companyId)
    return companyIds.map((companyId) => byCompany.get(companyId) ?? [])
  })
}
