import type { Tx } from '@arv/database'
import { portraits } from '@arv/drizzle/schema/content'
import { companies } from '@arv/drizzle/schema/tenancy'
import type { Page, SortValue } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { and, count, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import type { Portrait } from './portraits.repository.ts'

export interface PortraitRow {
  readonly portrait: Portrait
  /** The value of the sort column, for the cursor. */
  readonly sort: SortValue
}

/** The same page of several companies' portraits, in one statement. */
export async function listPortraits(
  tx: Tx,
  page: Page,
  { companyIds, visible }: { readonly companyIds: readonly number[]; readonly visible: VisibleCompanies },
): Promise<PortraitRow[]> {
  const owners = tx.drizzle
    .select({ id: sql<number>`${companies.id}`.as('owner_id') })
    .from(companies)
    .where(and(inArray(companies.id, [...companyIds]), inCompanies(companies.id, visible)))
    .as('owners')
  const keyset = drizzleKeyset(page, { sort: portraits.createdAt, id: portraits.id })
  const found = tx.drizzle
    .select({
      ...getTableColumns(portraits),
      sort: keyset.sortValue.as('sort'),
      place: sql<number>`row_number() over (order by ${sql.join(keyset.orderBy, sql`, `)})`.as('place'),
    })
    .from(portraits)
    .where(and(eq(portraits.companyId, owners.id), keyset.where))
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
    .as('found')
  const rows = await tx.drizzle.select().from(owners).crossJoinLateral(found).orderBy(owners.id, found.place)
  return rows.map((row) => ({ portrait: row.found, sort: row.found.sort }))
}

/** How many portraits each company has; companies without any are left out. */
export async function countPortraits(
  tx: Tx,
  companyIds: readonly number[],
  visible: VisibleCompanies,
): Promise<{ companyId: number; count: number }[]> {
  return tx.drizzle
    .select({ companyId: portraits.companyId, count: count() })
    .from(portraits)
    .where(and(inArray(portraits.companyId, [...companyIds]), inCompanies(portraits.companyId, visible)))
    .groupBy(portraits.companyId)
}
