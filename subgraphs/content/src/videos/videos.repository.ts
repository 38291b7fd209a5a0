import type { Tx, WriteTx } from '@arv/database'
import { videos } from '@arv/drizzle/schema/content'
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

async function selectVideos(tx: Tx, where: SQL | undefined): Promise<Video[]> {
  return tx.drizzle
    .select({ ...getTableColumns(videos), isReady: sql<boolean>`${assets.status} = 'READY'` })
    .from(videos)
    .innerJoin(assets, and(eq(assets.companyId, videos.companyId), eq(assets.id, videos.fileId)))
    .where(where)
    .orderBy(asc(videos.rotationOrder), asc(videos.id))
}
