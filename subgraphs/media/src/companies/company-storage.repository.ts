import type { Tenant, Tx, WriteTx } from '@arv/database'
import { assets, storageConnections, storageUsage } from '@arv/drizzle/schema/media'
import { companies, projects } from '@arv/drizzle/schema/tenancy'
import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import {
  connectionColumns,
  type StorageConnection,
} from '../storage-connections/storage-connections.repository.ts'
import { ofTenant } from '../tenant-filter.repository.ts'

/** Where new files of a company go. */
export interface CompanyStorage {
  readonly storagePath: string
  readonly connection: StorageConnection
}

export async function findCompanyStorage(tx: Tx, companyId: number): Promise<CompanyStorage | null> {
  const [storage] = await tx.drizzle
    .select({ storagePath: storageUsage.storagePath, connection: connectionColumns })
    .from(companies)
    .innerJoin(storageUsage, eq(storageUsage.companyId, companies.id))
    .innerJoin(storageConnections, eq(storageConnections.id, companies.storageConnectionId))
    .where(eq(companies.id, companyId))
  return storage ?? null
}

/** The folder of a project within its company's; null when the company has no such project. */
export async function findProjectFolder(
  tx: Tx,
  companyId: number,
  projectId: number,
): Promise<string | null> {
  const [project] = await tx.drizzle
    .select({ folderPath: projects.folderPath })
    .from(projects)
    .where(and(eq(projects.companyId, companyId), eq(projects.id, projectId)))
  return project?.folderPath ?? null
}

export interface StorageUsage {
  readonly companyId: number
  readonly storagePath: string
  readonly usedBytes: number
}

export function findStorageUsage(
  tx: Tx,
  tenant: Tenant,
  companyIds: readonly number[],
): Promise<StorageUsage[]> {
  return tx.drizzle
    .select({
      companyId: storageUsage.companyId,
      storagePath: storageUsage.storagePath,
      usedBytes: storageUsage.usedBytes,
    })
    .from(storageUsage)
    .where(and(inArray(storageUsage.companyId, [...companyIds]), ofTenant(tenant, storageUsage.companyId)))
}

/** Written before the company's row is; a repeated call answers what the first one wrote. */
export async function insertStorageUsage(
  tx: WriteTx,
  usage: { companyId: number; storageConnectionId: number; storagePath: string },
): Promise<string> {
  const [row] = await tx.drizzle
    .insert(storageUsage)
    .values(usage)
    .onConflictDoUpdate({ target: storageUsage.companyId, set: { updatedAt: sql`now()` } })
    .returning({ storagePath: storageUsage.storagePath })
  if (!row) throw new Error('An inserted storage was not returned.')
  return row.storagePath
}

/** Whether a company has files, or room reserved for one that is on its way. */
export async function hasFiles(tx: Tx, companyId: number): Promise<boolean> {
  const [file] = await tx.drizzle
    .select({ id: assets.id })
    .from(assets)
    .where(eq(assets.companyId, companyId))
    .limit(1)
  if (file) return true
  const [usage] = await tx.drizzle
    .select({ reservedBytes: storageUsage.reservedBytes })
    .from(storageUsage)
    .where(eq(storageUsage.companyId, companyId))
  return usage !== undefined && usage.reservedBytes > 0
}

export async function saveStorageConnection(
  tx: WriteTx,
  companyId: number,
  storageConnectionId: number,
): Promise<void> {
  await tx.drizzle
    .update(storageUsage)
    .set({ storageConnectionId, updatedAt: sql`now()` })
    .where(eq(storageUsage.companyId, companyId))
}

/** A storage that was made for a company whose row never came. */
export interface OrphanStorage {
  readonly companyId: number
  readonly storagePath: string
  readonly connection: StorageConnection
}

export function findOrphanStorages(tx: Tx): Promise<OrphanStorage[]> {
  return tx.drizzle
    .select({
      companyId: storageUsage.companyId,
      storagePath: storageUsage.storagePath,
      connection: connectionColumns,
    })
    .from(storageUsage)
    .innerJoin(storageConnections, eq(storageConnections.id, storageUsage.storageConnectionId))
    .leftJoin(companies, eq(companies.id, storageUsage.companyId))
    .where(and(isNull(companies.id), lt(storageUsage.updatedAt, sql`now() - interval '1 hour'`)))
}

export async function deleteStorageUsage(tx: WriteTx, companyId: number): Promise<void> {
  await tx.drizzle.delete(storageUsage).where(eq(storageUsage.companyId, companyId))
}
