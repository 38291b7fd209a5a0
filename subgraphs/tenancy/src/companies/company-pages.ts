import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, type PageArgs, toConnection } from '@arv/relay'
import { requirePage } from '@arv/subgraph'
import { type OrderBy, orderingOf, requireSearch, type SortTypes } from '../inputs/list-arguments.ts'
import { readAsCaller } from '../read-as-caller.ts'
import {
  type Company,
  type CompanyCriteria,
  type CompanySort,
  countCompanies,
  findCompanyPage,
} from './companies.repository.ts'

export type CompanyConnection = Connection<Company>

export interface CompanyListArgs extends PageArgs {
  readonly filter?: CompanyCriteria | null | undefined
  readonly orderBy?: OrderBy<CompanySort> | null | undefined
}

const SORT_TYPES: SortTypes<CompanySort> = {
  NAME: { type: 'text' },
  CREATED_AT: { type: 'timestamp' },
  SUBSCRIPTION_EXPIRES_AT: { type: 'timestamp', nullable: true },
}

/** A page of the companies that the caller may see, the newest first unless told otherwise. */
export async function listCompanies(
  database: Database,
  caller: Caller,
  { filter, orderBy, ...args }: CompanyListArgs,
): Promise<CompanyConnection> {
  const { field, direction } = orderBy ?? { field: 'CREATED_AT', direction: 'DESC' }
  const page = requirePage(args, orderingOf(SORT_TYPES, { field, direction }))
  const criteria = requireSearch(filter ?? {})
  const rows = await readAsCaller(database, caller, (tx, tenant) =>
    findCompanyPage(tx, tenant, criteria, field, page),
  )
  return toConnection({
    page,
    rows,
    positionOf: ({ company, sort }) => ({ sort, id: company.id }),
    nodeOf: ({ company }) => company,
    totalCount: () => readAsCaller(database, caller, (tx, tenant) => countCompanies(tx, tenant, criteria)),
  })
}
