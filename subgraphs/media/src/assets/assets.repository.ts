import type { Tenant, Tx, WriteTx } from '@arv/database'
import { assets } from '@arv/drizzle/schema/media'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { ofTenant } from '../tenant-filter.repository.ts'

export type Asset = typeof assets.$inferSelect
export type AssetKind = Asset['kind']
export type NewAsset = typeof assets.$inferInsert

/** Those of the assets that the tenant may see, in no order. */
export function findAssets(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Asset[]> {
  return tx.drizzle
    .select()
    .from(assets)
    .where(and(inArray(assets.id, [...ids]), ofTenant(tenant, assets.companyId)))
}

export async function findAssetByPublicId(tx: Tx, publicId: string): Promise<Asset | null> {
  const [asset] = await tx.drizzle.select().from(assets).where(eq(assets.publicId, publicId))
  return asset ?? null
}

/** Held until the transaction ends, so that it is removed once. */
export async function lockAsset(tx: WriteTx, companyId: number, id: number): Promise<Asset | null> {
  const [asset] = await tx.drizzle
    .select()
    .from(assets)
    .where(and(eq(assets.companyId, companyId), eq(assets.id, id)))
    .for('update')
  return asset ?? null
}

export async function insertAsset(tx: WriteTx, asset: NewAsset): Promise<Asset> {
  const [inserted] = await tx.drizzle.insert(assets).values(asset).returning()
  if (!inserted) throw new Error('An inserted asset was not returned.')
  return inserted
}

export async function deleteAssets(tx: WriteTx, companyId: number, ids: readonly number[]): Promise<void> {
  // One by one: the file before its thumbnail, which it refers to.
  for (const id of ids) {
    await tx.drizzle.delete(assets).where(and(eq(assets.companyId, companyId), eq(assets.id, id)))
  }
}

/** Which request of a marker an asset answers, and how good it is. */
export interface MarkerFacts {
  readonly subjectType: 'content' | 'portrait'
  readonly subjectId: number
  readonly generation: number
  readonly rating: number
  readonly featureCount: number
}

export type MarkerKey = Pick<MarkerFacts, 'subjectType' | 'subjectId' | 'generation'>

export interface StoredMarker {
  readonly assetId: number
  readonly rating: number
  readonly featureCount: number
}

/** The marker that an earlier run of the same request stored, if one did. */
export async function findMarker(tx: Tx, companyId: number, key: MarkerKey): Promise<StoredMarker | null> {
  const [marker] = await tx.drizzle
    .select({
      assetId: assets.id,
      rating: sql<number>`(${assets.metadata} ->> 'rating')::double precision`,
      featureCount: sql<number>`(${assets.metadata} ->> 'featureCount')::int`,
    })
    .from(assets)
    .where(
      and(
        eq(assets.companyId, companyId),
        eq(assets.kind, 'MARKER'),
        sql`${assets.metadata} ->> 'subjectType' = ${key.subjectType}`,
        sql`${assets.metadata} ->> 'subjectId' = ${String(key.subjectId)}`,
        sql`${assets.metadata} ->> 'generation' = ${String(key.generation)}`,
      ),
    )
  return marker ?? null
}

/** Null when another run of the same request was faster (`assets_marker_key`). */
export async function insertMarker(
  tx: WriteTx,
  asset: Omit<NewAsset, 'kind' | 'metadata'>,
  facts: MarkerFacts,
): Promise<Asset | null> {
  const [inserted] = await tx.drizzle
    .insert(assets)
    .values({ ...asset, kind: 'MARKER', metadata: { ...facts } })
    .onConflictDoNothing()
    .returning()
  return inserted ?? null
}
