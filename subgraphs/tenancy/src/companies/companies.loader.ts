import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readAsCaller } from '../read-as-caller.ts'
import { createRowLoader, type RowLoader } from '../row-loaders.ts'
import { type Company, findCompanies } from './companies.repository.ts'

export function createCompanyLoader(database: Database, caller: Caller): RowLoader<Company> {
  return createRowLoader((ids) =>
    readAsCaller(database, caller, (tx, tenant) => findCompanies(tx, tenant, ids)),
  )
}
