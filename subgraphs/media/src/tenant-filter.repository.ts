import type { Tenant } from '@arv/database'
import { type Column, inArray, type SQL } from 'drizzle-orm'

/**
 * A tenant's companies as a condition of the query's own, beside the one that row-level security adds: with it
 * PostgreSQL can use an index on the company. None for the platform's role, which sees all.
 */
export function ofTenant(tenant: Tenant, companyId: Column): SQL | undefined {
  return tenant.scope === 'companies' ? inArray(companyId, [...tenant.companyIds]) : undefined
}
