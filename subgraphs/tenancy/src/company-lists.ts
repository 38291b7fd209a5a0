import type { Database, Tx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, type Page, type Position, toConnection } from '@arv/relay'
import DataLoader from 'dataloader'
import { readAsCaller } from './read-as-caller.ts'

/** A list that every company has one of. */
interface CompanyList<Args, List extends { readonly page: Page }, Row> {
  /** @throws GraphQLError BAD_USER_INPUT for arguments that are not acceptable */
  readonly read: (args: Args) => List
  /** A page for each of the companies, in one statement. */
  readonly find: (tx: Tx, companyIds: readonly number[], list: List) => Promise<Row[]>
  readonly count: (
    tx: Tx,
    companyIds: readonly number[],
    list: List,
  ) => Promise<{ companyId: number; count: number }[]>
  readonly positionOf: (row: Row) => Position
}

/** Pages of companies' lists; the same list of many companies in one tick is one query. */
export interface CompanyPages<Args, Row> {
  /** @throws GraphQLError BAD_USER_INPUT for arguments that are not acceptable */
  load(companyId: number, args: Args): Promise<Connection<Row>>
}

export function createCompanyPages<
  Args,
  List extends { readonly page: Page },
  Row extends { readonly companyId: number },
>(database: Database, caller: Caller, list: CompanyList<Args, List, Row>): CompanyPages<Args, Row> {
  const loaders = new Map<string, DataLoader<number, Connection<Row>>>()
  return {
    load: async (companyId, args) => {
      const key = JSON.stringify(args)
      const loader = loaders.get(key) ?? createLoader(database, caller, list, list.read(args))
      loaders.set(key, loader)
      return loader.load(companyId)
    },
  }
}

function createLoader<Args, List extends { readonly page: Page }, Row extends { readonly companyId: number }>(
  database: Database,
  caller: Caller,
  { find, count, positionOf }: CompanyList<Args, List, Row>,
  list: List,
): DataLoader<number, Connection<Row>> {
  const counts = new DataLoader<number, number>(async (companyIds) => {
    const rows = await readAsCaller(database, caller, (tx) => count(tx, companyIds, list))
    const found = new Map(rows.map((row) => [row.companyId, row.count]))
    return companyIds.map((companyId) => found.get(companyId) ?? 0)
  })
  return new DataLoader(async (companyIds) => {
    const rows = await readAsCaller(database, caller, (tx) => find(tx, companyIds, list))
    const pages = Map.groupBy(rows, ({ companyId }) => companyId)
    return companyIds.map((companyId) =>
      toConnection({
        page: list.page,
        rows: pages.get(companyId) ?? [],
        positionOf,
        nodeOf: (row) => row,
        totalCount: () => counts.load(companyId),
      }),
    )
  })
}
