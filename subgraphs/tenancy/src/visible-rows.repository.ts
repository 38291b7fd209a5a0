import type { Tenant } from '@arv/database'
import { type Column, ilike, or, type SQL, sql } from 'drizzle-orm'

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
