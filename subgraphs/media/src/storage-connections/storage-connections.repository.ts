import type { Tenant, Tx, WriteTx } from '@arv/database'
import { storageConnections } from '@arv/drizzle/schema/media'
import { companies } from '@arv/drizzle/schema/tenancy'
import { drizzleKeyset } from '@arv/relay/drizzle'
import type { Page } from '@arv/relay'
import { and, count, eq, exists, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { ofTenant } from '../tenant-filter.repository.ts'

// Credentials are read where a driver is made, and nowhere else.
const { credentials: _credentials, ...connectionColumns } = getTableColumns(storageConnections)

export { connectionColumns }

export type StorageConnection = Omit<typeof storageConnections.$inferSelect, 'credentials'>

/** Those of the connections that the tenant may know: of the companies it sees, or all for the platform. */
export function findStorageConnections(
  tx: Tx,
  tenant: Tenant,
  ids: readonly number[],
): Promise<StorageConnection[]> {
  return tx.drizzle
    .select(connectionColumns)
    .from(storageConnections)
    .where(and(inArray(storageConnections.id, [...ids]), usedBy(tx, tenant)))
}

/** The connection that a file lies in, for whoever may see the file. */
export async function findConnection(tx: Tx, id: number): Promise<StorageConnection> {
  const [connection] = await tx.drizzle
    .select(connectionColumns)
    .from(storageConnections)
    .where(eq(storageConnections.id, id))
  if (!connection) throw new Error(`There is no storage connection ${id}.`)
  return connection
}

function usedBy(tx: Tx, tenant: Tenant): SQL | undefined {
  const within = ofTenant(tenant, companies.id)
  if (within === undefined) return undefined
  const users = tx.drizzle
    .select({ one: sql`1` })
    .from(companies)
    .where(and(eq(companies.storageConnectionId, storageConnections.id), within))
  return exists(users)
}

export function listStorageConnections(tx: Tx, page: Page): Promise<StorageConnection[]> {
  const keyset = drizzleKeyset(page, { sort: storageConnections.id, id: storageConnections.id })
  return tx.drizzle
    .select(connectionColumns)
    .from(storageConnections)
    .where(keyset.where)
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
}

/** Those that files can be put in, the oldest first. */
export function listActiveConnections(tx: Tx): Promise<StorageConnection[]> {
  return tx.drizzle
    .select(connectionColumns)
    .from(storageConnections)
    .where(eq(storageConnections.isActive, true))
    .orderBy(storageConnections.id)
}

/** What a test showed is no change of the connection: its version stays. */
export async function saveTest(
  tx: WriteTx,
  id: number,
  testError: string | null,
): Promise<StorageConnection | undefined> {
  const [tested] = await tx.drizzle
    .update(storageConnections)
    .set({ lastTestedAt: sql`now()`, testStatus: testError === null ? 'OK' : 'FAILED', testError })
    .where(eq(storageConnections.id, id))
    .returning(connectionColumns)
  return tested
}

/** The companies whose files lie in a connection. */
export async function findCompaniesUsing(tx: Tx, id: number): Promise<number[]> {
  const rows = await tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(and(eq(companies.storageConnectionId, id), eq(companies.isActive, true)))
    .orderBy(companies.id)
  return rows.map((company) => company.id)
}

export async function countStorageConnections(tx: Tx): Promise<number> {
  const [row] = await tx.drizzle.select({ total: count() }).from(storageConnections)
  return row?.total ?? 0
}
