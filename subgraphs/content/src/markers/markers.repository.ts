import type { WriteTx } from '@arv/database'
import { arContents, portraits } from '@arv/drizzle/schema/content'
import type { MarkerSubject } from '@arv/jobs'
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { lockSubject } from '../subject-lock.repository.ts'
import { columnsOf, type Marker, markerOf } from './marker.ts'

/** The subject's marker, for nobody else to change until the transaction ends; null when the subject is gone. */
export async function lockMarker(
  tx: WriteTx,
  companyId: number,
  subject: MarkerSubject,
): Promise<Marker | null> {
  await lockSubject(tx, subject.type, subject.id)
  const [row] =
    subject.type === 'content'
      ? await tx.drizzle
          .select()
          .from(arContents)
          .where(and(isContent(companyId, subject.id), isNull(arContents.deletedAt)))
          .for('update')
      : await tx.drizzle.select().from(portraits).where(isPortrait(companyId, subject.id)).for('update')
  return row ? markerOf(row) : null
}

export async function saveMarker(
  tx: WriteTx,
  companyId: number,
  subject: MarkerSubject,
  marker: Marker,
): Promise<void> {
  const columns = { ...columnsOf(marker), updatedAt: sql`now()` }
  if (subject.type === 'content') {
    await tx.drizzle.update(arContents).set(columns).where(isContent(companyId, subject.id))
  } else {
    await tx.drizzle.update(portraits).set(columns).where(isPortrait(companyId, subject.id))
  }
}

/** With the marker of a content's next image that image comes to be shown. */
export async function takeNextImage(
  tx: WriteTx,
  companyId: number,
  { type, id }: MarkerSubject,
): Promise<void> {
  if (type !== 'content') return
  await tx.drizzle
    .update(arContents)
    .set({ imageId: sql`${arContents.nextImageId}`, nextImageId: null })
    .where(and(isContent(companyId, id), isNotNull(arContents.nextImageId)))
}

function isContent(companyId: number, id: number) {
  return and(eq(arContents.companyId, companyId), eq(arContents.id, id))
}

function isPortrait(companyId: number, id: number) {
  return and(eq(portraits.companyId, companyId), eq(portraits.id, id))
}
