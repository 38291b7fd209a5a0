import type { Tenant, Tx, WriteTx } from '@arv/database'
import { storageConnections } from '@arv/drizzle/schema/media'
import { companies } from '@arv/drizzle/schema/tenancy'
import { and, count, eq, getTableColumns, like, type SQL, sql } from 'drizzle-orm'
import type { Page } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { containsText, isOneOf, isWithin, ofTenant, readInstant } from '../visible-rows.repository.ts'
import { hasSubscriptionStatus } from './subscription-status.repository.ts'
import type { SubscriptionStatus } from './subscription-status.ts'

const columns = {
  ...getTableColumns(companies),
  readAt: readInstant.mapWith(companies.createdAt).as('read_at'),
}

/** A company and the instant at which it was read, which is that of its subscription's status. */
export type Company = typeof companies.$inferSelect & { readonly readAt: Date }

export type NewCompany = typeof companies.$inferInsert & { readonly id: number }

/** Which companies are wanted. */
export interface CompanyCriteria {
  readonly search?: string | null | undefined
  readonly isActive?: boolean | null | undefined
  readonly subscriptionTier?: Company['subscriptionTier'] | null | undefined
  readonly subscriptionStatus?: SubscriptionStatus | null | undefined
  readonly subscriptionExpiresAfter?: Date | null | undefined
  readonly subscriptionExpiresBefore?: Date | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

const SORT_COLUMNS = {
  NAME: companies.name,
  CREATED_AT: companies.createdAt,
  SUBSCRIPTION_EXPIRES_AT: companies.subscriptionExpiresAt,
}

export type CompanySort = keyof typeof SORT_COLUMNS

export function findCompanies(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Company[]> {
  return tx.drizzle
    .select(columns)
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
    .select({ company: columns, sort: keyset.sortValue })
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
  const [inserted] = await tx.drizzle
    .insert(companies)
    .values(company)
    .onConflictDoNothing()
    .returning(columns)
  return inserted
}

/** The company, held until the transaction ends. Undefined when there is none any more. */
export async function lockCompany(tx: WriteTx, id: number): Promise<Company | undefined> {
  const [company] = await tx.drizzle
    .select(columns)
    .from(companies)
    .where(eq(companies.id, id))
    .for('no key update')
  return company
}

/** Changes a locked company, which makes its next version. */
export async function saveCompany(
  tx: WriteTx,
  company: Company,
  changes: Partial<typeof companies.$inferInsert>,
): Promise<Company> {
  const [saved] = await tx.drizzle
    .update(companies)
    .set({ ...changes, version: company.version + 1, updatedAt: sql`now()` })
    .where(eq(companies.id, company.id))
    .returning(columns)
  if (!saved) throw new Error('a locked company went away')
  return saved
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

function matching(criteria: CompanyCriteria, tenant: Tenant): SQL | undefined {
  const { search, isActive, subscriptionTier, subscriptionStatus } = criteria
  return and(
    ofTenant(companies.id, tenant),
    isActive == null ? undefined : eq(companies.isActive, isActive),
    subscriptionTier == null ? undefined : eq(companies.subscriptionTier, subscriptionTier),
    subscriptionStatus == null ? undefined : hasSubscriptionStatus(subscriptionStatus, readInstant),
    isWithin(companies.subscriptionExpiresAt, {
      from: criteria.subscriptionExpiresAfter,
      until: criteria.subscriptionExpiresBefore,
    }),
    isWithin(companies.createdAt, { from: criteria.createdAfter, until: criteria.createdBefore }),
    containsText(search, [companies.name, companies.slug, companies.contactEmail, companies.contactPhone]),
  )
}
