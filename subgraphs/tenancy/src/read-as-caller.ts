import type { Database, Tenant, Tx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readingTenant } from '@arv/subgraph/access'

/**
 * Reads what the caller may see.
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export async function readAsCaller<T>(
  database: Database,
  caller: Caller,
  read: (tx: Tx, tenant: Tenant) => Promise<T>,
): Promise<T> {
  const tenant = readingTenant(caller)
  return database.read(tenant, (tx) => read(tx, tenant))
}
