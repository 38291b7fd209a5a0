import type { Tx, WriteTx } from '@arv/database'
import { arContents, rotationSchedules, videoCaptions, videos } from '@arv/drizzle/schema/content'
import { and, asc, eq, gt, isNotNull, not, sql } from 'drizzle-orm'
import { type ArContent, isThere } from './contents.repository.ts'

const BATCH_SIZE = 500

/** A batch of contents of all companies that were deleted and can't be restored any more, of higher ids than `after`. */
export async function findPurgeable(tx: Tx, after: number): Promise<{ companyId: number; id: number }[]> {
  return tx.drizzle
    .select({ companyId: arContents.companyId, id: arContents.id })
    .from(arContents)
    .where(and(gt(arContents.id, after), isOverdue()))
    .orderBy(asc(arContents.id))
    .limit(BATCH_SIZE)
}

/** Whether it still is one: it may have been restored meanwhile, and deleted again. */
export async function isPurgeable(tx: Tx, { companyId, id }: ArContent): Promise<boolean> {
  const rows = await tx.drizzle
    .select({ id: arContents.id })
    .from(arContents)
    .where(and(eq(arContents.companyId, companyId), eq(arContents.id, id), isOverdue()))
  return rows.length > 0
}

function isOverdue() {
  return and(isNotNull(arContents.deletedAt), not(isThere('restorable') ?? sql`true`))
}

/**
 * Removes a locked content with its videos and schedules; what played when goes with it.
 *
 * @returns the files that it used
 */
export async function removeContent(
  tx: WriteTx,
  { companyId, id, imageId, nextImageId, markerFileId }: ArContent,
): Promise<number[]> {
  // The content and the video that plays in it name each other: the content lets go first.
  await tx.drizzle
    .update(arContents)
    .set({ activeVideoId: null, activeVideoRule: 'NONE', manualVideoId: null, manualSince: null })
    .where(and(eq(arContents.companyId, companyId), eq(arContents.id, id)))
  await tx.drizzle
    .delete(rotationSchedules)
    .where(and(eq(rotationSchedules.companyId, companyId), eq(rotationSchedules.contentId, id)))
  const captions = await tx.drizzle
    .delete(videoCaptions)
    .where(and(eq(videoCaptions.companyId, companyId), eq(videoCaptions.contentId, id)))
    .returning({ fileId: videoCaptions.fileId })
  const removed = await tx.drizzle
    .delete(videos)
    .where(and(eq(videos.companyId, companyId), eq(videos.contentId, id)))
    .returning({ fileId: videos.fileId })
  await tx.drizzle.delete(arContents).where(and(eq(arContents.companyId, companyId), eq(arContents.id, id)))
  const used = [imageId, nextImageId, markerFileId, ...[...removed, ...captions].map(({ fileId }) => fileId)]
  return [...new Set(used.filter((fileId) => fileId !== null))]
}
