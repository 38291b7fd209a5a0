import type { Tenant, Tx, WriteTx } from '@arv/database'
import { storageConnections } from '@arv/drizzle/schema/media'
import { companies } from '@arv/drizzle/schema/tenancy'
import { and, count, eq, like, type SQL, sql } from 'drizzle-orm'
import type { Page } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { containsText, isOneOf, ofTenant } from '../visible-rows.repository.ts'

export type Company = typeof companies.$inferSelect

export type NewCompany = typeof companies.$inferInsert & { readonly id: number }

/** Which companies are wanted. */
export interface CompanyCriteria {
  readonly search?: string | null | undefined
  readonly isActive?: boolean | null | undefined
  readonly subscriptionTier?: Company['subscriptionTier'] | null | undefined
}

const SORT_COLUMNS = { NAME: companies.name, CREATED_AT: companies.createdAt }

export type CompanySort = keyof typeof SORT_COLUMNS

export function findCompanies(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Company[]> {
  return tx.drizzle
    .select()
    .from(companies)
    .where(and(isOneOf(companies.id, ids), ofTenant(companies.id, tenant)))
}

/** A page of the tenant's companies with each one's place in the order. */
export function findCompanyPage(
  tx: Tx,
  tenant: Tenant,
  criteria: CompanyCriteria,
  sort: CompanySort,
  page: Page,
) {
  const keyset = drizzleKeyset(page, { sort: SORT_COLUMNS[sort], id: companies.id })
  return tx.drizzle
    .select({ company: companies, sort: keyset.sortValue })
    .from(companies)
    .where(and(matching(criteria, tenant), keyset.where))
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
}

export async function countCompanies(tx: Tx, tenant: Tenant, criteria: CompanyCriteria): Promise<number> {
  const [row] = await tx.drizzle.select({ count: count() }).from(companies).where(matching(criteria, tenant))
  return row?.count ?? 0
}

/** An id that no company has or will get. */
export async function takeCompanyId(tx: WriteTx): Promise<number> {
  const [row] = await tx.sql<{ id: number }[]>`select nextval('tenancy.companies_id_seq') as id`
  if (!row) throw new Error('the sequence gave no id')
  return row.id
}

export async function isCompanyNameTaken(tx: Tx, name: string): Promise<boolean> {
  const [row] = await tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(eq(sql`lower(${companies.name})`, sql`lower(${name})`))
  return row !== undefined
}

/** The slugs of companies that begin so. */
export async function findCompanySlugs(tx: Tx, stem: string): Promise<Set<string>> {
  const rows = await tx.drizzle
    .select({ slug: companies.slug })
    .from(companies)
    .where(like(companies.slug, `${stem}%`))
  return new Set(rows.map(({ slug }) => slug))
}

/** Undefined when another company has the name or the slug. */
export async function insertCompany(tx: WriteTx, company: NewCompany): Promise<Company | undefined> {
  const [inserted] = await tx.drizzle.insert(companies).values(company).onConflictDoNothing().returning()
  return inserted
}

/** The storage connection that a new company may use: the one of this id, or the default; undefined when it is not in use. */
export async function findUsableConnectionId(tx: Tx, id: number | null): Promise<number | undefined> {
  const wanted = id === null ? storageConnections.isDefault : eq(storageConnections.id, id)
  const [row] = await tx.drizzle
    .select({ id: storageConnections.id })
    .from(storageConnections)
    .where(and(wanted, storageConnections.isActive))
  return row?.id
}

function matching({ search, isActive, subscriptionTier }: CompanyCriteria, tenant: Tenant): SQL | undefined {
  return and(
    ofTenant(companies.id, tenant),
    isActive == null ? undefined : eq(companies.isActive, isActive),
    subscriptionTier == null ? undefined : eq(companies.subscriptionTier, subscriptionTier),
    containsText(search, [companies.name, companies.slug, companies.contactEmail]),
  )
}
