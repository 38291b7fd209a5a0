import type { Tx } from '@arv/database'
import { companies } from '@arv/drizzle/schema/tenancy'
import { and, type Column, eq, inArray, type SQL } from 'drizzle-orm'

/** The companies whose rows a caller may see: row-level security holds to them, and every query says so itself. */
export type VisibleCompanies = readonly number[] | 'all'

/** The condition that a row belongs to one of the companies; undefined when all are visible. */
export function inCompanies(companyId: Column, visible: VisibleCompanies): SQL | undefined {
  return visible === 'all' ? undefined : inArray(companyId, [...visible])
}

/** The time zones of companies, for schedules that have none of their own. */
export async function listTimeZones(
  tx: Tx,
  ids: readonly number[],
  visible: VisibleCompanies,
): Promise<{ id: number; timeZone: string }[]> {
  return tx.drizzle
    .select({ id: companies.id, timeZone: companies.timeZone })
    .from(companies)
    .where(and(inArray(companies.id, [...ids]), inCompanies(companies.id, visible)))
}

export async function findTimeZone(tx: Tx, companyId: number): Promise<string> {
  const [company] = await listTimeZones(tx, [companyId], [companyId])
  if (!company) throw new Error('the company of a content is not there')
  return company.timeZone
}

export async function companyExists(tx: Tx, id: number, visible: VisibleCompanies): Promise<boolean> {
  const rows = await tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(and(eq(companies.id, id), inCompanies(companies.id, visible)))
  return rows.length > 0
}
