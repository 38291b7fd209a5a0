import type { Tx, WriteTx } from '@arv/database'
import { portraits } from '@arv/drizzle/schema/content'
import { storageFolders } from '@arv/drizzle/schema/media'
import { companies } from '@arv/drizzle/schema/tenancy'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import { lockSubject } from '../subject-lock.repository.ts'

export type Portrait = typeof portraits.$inferSelect

type NewPortrait = Pick<
  typeof portraits.$inferInsert,
  'companyId' | 'imageId' | 'storageConnectionId' | 'storageFolderId'
>

export async function findPortraits(
  tx: Tx,
  ids: readonly number[],
  visible: VisibleCompanies,
): Promise<Portrait[]> {
  return tx.drizzle
    .select()
    .from(portraits)
    .where(and(inArray(portraits.id, [...ids]), inCompanies(portraits.companyId, visible)))
}

/** For nobody else to change until the transaction ends; null when it is gone. */
export async function lockPortrait(tx: WriteTx, companyId: number, id: number): Promise<Portrait | null> {
  await lockSubject(tx, 'portrait', id)
  const [portrait] = await tx.drizzle
    .select()
    .from(portraits)
    .where(isPortrait({ companyId, id }))
    .for('update')
  return portrait ?? null
}

export async function insertPortrait(tx: WriteTx, portrait: NewPortrait): Promise<Portrait> {
  const [row] = await tx.drizzle.insert(portraits).values(portrait).returning()
  if (!row) throw new Error('an inserted portrait was not returned')
  return row
}

/** Changes a locked portrait; the result is its next version. */
export async function savePortrait(
  tx: WriteTx,
  portrait: Portrait,
  changes: Partial<Portrait>,
): Promise<Portrait> {
  const [row] = await tx.drizzle
    .update(portraits)
    .set({ ...changes, version: sql`${portraits.version} + 1`, updatedAt: sql`now()` })
    .where(isPortrait(portrait))
    .returning()
  if (!row) throw new Error('a locked portrait was not updated')
  return row
}

/**
 * Removes a locked portrait.
 *
 * @returns the files that it used
 */
export async function removePortrait(tx: WriteTx, portrait: Portrait): Promise<number[]> {
  await tx.drizzle.delete(portraits).where(isPortrait(portrait))
  const used = [portrait.imageId, portrait.markerFileId, portrait.videoFileId]
  return used.filter((fileId) => fileId !== null)
}

/** Where a company keeps its files. */
export async function findStorageConnection(tx: Tx, companyId: number): Promise<number> {
  const [company] = await tx.drizzle
    .select({ id: companies.storageConnectionId })
    .from(companies)
    .where(eq(companies.id, companyId))
  if (!company) throw new Error('the company of a portrait is not there')
  return company.id
}

/** The company's folder of this id, or without one its first folder for portraits. */
export async function findFolder(tx: Tx, companyId: number, id: number | null): Promise<number | null> {
  const wanted = id === null ? eq(storageFolders.folderType, 'PORTRAITS') : eq(storageFolders.id, id)
  const [folder] = await tx.drizzle
    .select({ id: storageFolders.id })
    .from(storageFolders)
    .where(and(eq(storageFolders.companyId, companyId), wanted))
    .orderBy(asc(storageFolders.id))
    .limit(1)
  return folder?.id ?? null
}

function isPortrait({ companyId, id }: Pick<Portrait, 'companyId' | 'id'>) {
  return and(eq(portraits.companyId, companyId), eq(portraits.id, id))
}
