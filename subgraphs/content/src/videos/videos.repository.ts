import type { Tx, WriteTx } from '@arv/database'
import { arContents, videos } from '@arv/drizzle/schema/content'
import { assets } from '@arv/drizzle/schema/media'
import { and, asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'

export type Video = typeof videos.$inferSelect & {
  /** Whether its file can be played. */
  readonly isReady: boolean
}

export type NewVideo = Pick<
  typeof videos.$inferInsert,
  'companyId' | 'contentId' | 'fileId' | 'title' | 'rotationOrder' | 'scheduleStart' | 'scheduleEnd'
>

/** A content as its videos refer to it. */
export interface ContentKey {
  readonly companyId: number
  readonly id: number
}

export async function findVideos(
  tx: Tx,
  ids: readonly number[],
  visible: VisibleCompanies,
): Promise<Video[]> {
  return selectVideos(tx, and(inArray(videos.id, [...ids]), inCompanies(videos.companyId, visible)))
}

/** The videos of the contents, each content's by rotation order, then by age. */
export async function listVideos(tx: Tx, contents: readonly ContentKey[]): Promise<Video[]> {
  // The company narrows the index; that each content is of its own company is the foreign key's doing.
  const companyIds = [...new Set(contents.map(({ companyId }) => companyId))]
  const contentIds = contents.map(({ id }) => id)
  return selectVideos(tx, and(inArray(videos.companyId, companyIds), inArray(videos.contentId, contentIds)))
}

/** For a content whose row is locked. */
export async function insertVideo(tx: WriteTx, video: NewVideo): Promise<number> {
  const [row] = await tx.drizzle.insert(videos).values(video).returning({ id: videos.id })
  if (!row) throw new Error('an inserted video was not returned')
  return row.id
}

/** For a content whose row is locked: the changes make another version of the video. */
export async function saveVideo(
  tx: WriteTx,
  { companyId, id }: Video,
  { isReady: _isReady, ...changes }: Partial<Video>,
): Promise<void> {
  await tx.drizzle
    .update(videos)
    .set({ ...changes, version: sql`${videos.version} + 1`, updatedAt: sql`now()` })
    .where(and(eq(videos.companyId, companyId), eq(videos.id, id)))
}

/** For a content whose row is locked. What played once may be gone; what plays now may not be: it is let go first. */
export async function deleteVideo(tx: WriteTx, { companyId, contentId, id }: Video): Promise<void> {
  await tx.drizzle
    .update(arContents)
    .set({
      activeVideoId: sql`nullif(${arContents.activeVideoId}, ${id})`,
      activeVideoRule: sql`case when ${arContents.activeVideoId} = ${id} then 'NONE' else ${arContents.activeVideoRule} end`,
      manualVideoId: sql`nullif(${arContents.manualVideoId}, ${id})`,
      manualSince: sql`case when ${arContents.manualVideoId} = ${id} then null else ${arContents.manualSince} end`,
    })
    .where(and(eq(arContents.companyId, companyId), eq(arContents.id, contentId)))
  await tx.drizzle.delete(videos).where(and(eq(videos.companyId, companyId), eq(videos.id, id)))
}

/** For a content whose row is locked: each video's place becomes its own in `order`; those that stay keep their version. */
export async function saveOrder(
  tx: WriteTx,
  { companyId, contentId, order }: { companyId: number; contentId: number; order: readonly number[] },
): Promise<void> {
  await tx.sql`
    update content.videos v set rotation_order = o.place - 1, version = v.version + 1, updated_at = now()
    from unnest(${[...order]}::int[]) with ordinality as o (id, place)
    where v.company_id = ${companyId} and v.content_id = ${contentId} and v.id = o.id
      and v.rotation_order <> o.place - 1`
}

async function selectVideos(tx: Tx, where: SQL | undefined): Promise<Video[]> {
  return tx.drizzle
    .select({ ...getTableColumns(videos), isReady: sql<boolean>`${assets.status} = 'READY'` })
    .from(videos)
    .innerJoin(assets, and(eq(assets.companyId, videos.companyId), eq(assets.id, videos.fileId)))
    .where(where)
    .orderBy(asc(videos.rotationOrder), asc(videos.id))
}
