import type { Tenant } from '@arv/database'
import { type Column, ilike, inArray, or, type SQL } from 'drizzle-orm'

/** Rows of the tenant's companies. Row-level security says so, too; this way an index finds them. */
export function ofTenant(companyId: Column, tenant: Tenant): SQL | undefined {
  return tenant.scope === 'platform' ? undefined : inArray(companyId, [...tenant.companyIds])
}

/** Rows that have the text in one of the columns, in any case; all of them when there is no text. */
export function containsText(text: string | null | undefined, columns: readonly Column[]): SQL | undefined {
  const wanted = text?.trim() ?? ''
  if (wanted === '') return undefined
  const pattern = `%${wanted.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return or(...columns.map((column) => ilike(column, pattern)))
}
