import type { Tenant, Tx, WriteTx } from '@arv/database'
import { assets, storageFolders } from '@arv/drizzle/schema/media'
import { drizzleKeyset } from '@arv/relay/drizzle'
import type { Page } from '@arv/relay'
import { and, count, eq, inArray, sql } from 'drizzle-orm'
import { ofTenant } from '../tenant-filter.repository.ts'

export type StorageFolder = typeof storageFolders.$inferSelect
type NewStorageFolder = typeof storageFolders.$inferInsert

export function findStorageFolders(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<StorageFolder[]> {
  return tx.drizzle
    .select()
    .from(storageFolders)
    .where(and(inArray(storageFolders.id, [...ids]), ofTenant(tenant, storageFolders.companyId)))
}

export async function findFolder(tx: Tx, companyId: number, id: number): Promise<StorageFolder | null> {
  const [folder] = await tx.drizzle
    .select()
    .from(storageFolders)
    .where(and(eq(storageFolders.companyId, companyId), eq(storageFolders.id, id)))
  return folder ?? null
}

export async function findFolderByPath(
  tx: Tx,
  companyId: number,
  path: string,
): Promise<StorageFolder | null> {
  const [folder] = await tx.drizzle
    .select()
    .from(storageFolders)
    .where(and(eq(storageFolders.companyId, companyId), eq(storageFolders.path, path)))
  return folder ?? null
}

export async function listFolderPaths(tx: Tx, companyId: number): Promise<string[]> {
  const rows = await tx.drizzle
    .select({ path: storageFolders.path })
    .from(storageFolders)
    .where(eq(storageFolders.companyId, companyId))
  return rows.map(({ path }) => path)
}

/** Leaves alone what is there. */
export async function insertFolders(tx: WriteTx, folders: readonly NewStorageFolder[]): Promise<void> {
  await tx.drizzle
    .insert(storageFolders)
    .values([...folders])
    .onConflictDoNothing()
}

/** The same page of each company's folders, up to `limit + 1` rows of each, in one query. */
export async function listFolders(
  tx: Tx,
  tenant: Tenant,
  companyIds: readonly number[],
  page: Page,
): Promise<StorageFolder[]> {
  const keyset = drizzleKeyset(page, { sort: storageFolders.id, id: storageFolders.id })
  const ranked = tx.drizzle.$with('ranked').as(
    tx.drizzle
      .select({
        rankedId: sql<number>`${storageFolders.id}`.as('ranked_id'),
        place: sql<number>`row_number() over (
          partition by ${storageFolders.companyId} order by ${sql.join(keyset.orderBy, sql`, `)})`.as(
          'place',
        ),
      })
      .from(storageFolders)
      .where(
        and(
          inArray(storageFolders.companyId, [...companyIds]),
          ofTenant(tenant, storageFolders.companyId),
          keyset.where,
        ),
      ),
  )
  const rows = await tx.drizzle
    .with(ranked)
    .select({ folder: storageFolders })
    .from(ranked)
    .innerJoin(storageFolders, eq(storageFolders.id, ranked.rankedId))
    .where(sql`${ranked.place} <= ${keyset.limit}`)
    .orderBy(ranked.place)
  return rows.map(({ folder }) => folder)
}

export function countFolders(
  tx: Tx,
  tenant: Tenant,
  companyIds: readonly number[],
): Promise<{ companyId: number; total: number }[]> {
  return tx.drizzle
    .select({ companyId: storageFolders.companyId, total: count() })
    .from(storageFolders)
    .where(
      and(inArray(storageFolders.companyId, [...companyIds]), ofTenant(tenant, storageFolders.companyId)),
    )
    .groupBy(storageFolders.companyId)
}

/** What lies in a folder. */
export interface FolderContents {
  readonly folderId: number
  readonly filesCount: number
  readonly totalSizeBytes: number
}

/** Of folders that hold anything; thumbnails and posters add to the size and not to the count. */
export async function findFolderContents(
  tx: Tx,
  folders: readonly Pick<StorageFolder, 'id' | 'companyId'>[],
): Promise<FolderContents[]> {
  const companyIds = [...new Set(folders.map(({ companyId }) => companyId))]
  const rows = await tx.drizzle
    .select({
      folderId: assets.folderId,
      filesCount: sql<number>`count(*) filter (where ${assets.kind} not in ('THUMBNAIL', 'POSTER'))`,
      totalSizeBytes: sql<number>`sum(${assets.sizeBytes})::bigint`,
    })
    .from(assets)
    .where(
      and(
        inArray(assets.companyId, companyIds),
        inArray(
          assets.folderId,
          folders.map(({ id }) => id),
        ),
      ),
    )
    .groupBy(assets.folderId)
  return rows.flatMap(({ folderId, ...contents }) => (folderId === null ? [] : [{ folderId, ...contents }]))
}
