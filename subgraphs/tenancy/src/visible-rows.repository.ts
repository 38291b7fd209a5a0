import type { Tenant } from '@arv/database'
import { and, type Column, gte, ilike, lt, or, type SQL, sql } from 'drizzle-orm'

/** The database's now, as exact as the API's instants: what a filter finds has the status that it was found by. */
export const readInstant: SQL = sql`date_trunc('milliseconds', now())`

/** One statement for any number of ids: a list of parameters would be another one for each length. */
export function isOneOf(column: Column, ids: readonly number[]): SQL {
  return sql`${column} = any(${sql.param(ids)}::int[])`
}

/** Rows of the tenant's companies. Row-level security says so, too; this way an index finds them. */
export function ofTenant(companyId: Column, tenant: Tenant): SQL | undefined {
  return tenant.scope === 'platform' ? undefined : isOneOf(companyId, tenant.companyIds)
}

/** Rows that have the text in one of the columns, in any case; all of them when there is no text. */
export function containsText(text: string | null | undefined, columns: readonly Column[]): SQL | undefined {
  const wanted = text?.trim() ?? ''
  if (wanted === '') return undefined
  const pattern = `%${wanted.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return or(...columns.map((column) => ilike(column, pattern)))
}

/** Rows whose instant lies from one moment, with it, to another, without it; either may be missing. */
export function isWithin(
  column: Column,
  { from, until }: { readonly from: Date | null | undefined; readonly until: Date | null | undefined },
): SQL | undefined {
  return and(from == null ? undefined : gte(column, from), until == null ? undefined : lt(column, until))
}
