import type { Tx, WriteTx } from '@arv/database'
import { videoCaptions } from '@arv/drizzle/schema/content'
import { and, asc, eq, inArray } from 'drizzle-orm'

export type VideoCaptions = Pick<
  typeof videoCaptions.$inferSelect,
  'videoId' | 'language' | 'label' | 'fileId'
>

/** A video as its captions refer to it. */
export interface VideoKey {
  readonly companyId: number
  readonly contentId: number
  readonly id: number
}

/** The captions of the videos, each video's in the order in which they were given. */
export function listCaptions(tx: Tx, videos: readonly VideoKey[]): Promise<VideoCaptions[]> {
  // Company and content narrow the index; that each video is of its own company is the foreign key's doing.
  const companyIds = [...new Set(videos.map(({ companyId }) => companyId))]
  const contentIds = [...new Set(videos.map(({ contentId }) => contentId))]
  const { videoId, language, label, fileId } = videoCaptions
  return tx.drizzle
    .select({ videoId, language, label, fileId })
    .from(videoCaptions)
    .where(
      and(
        inArray(videoCaptions.companyId, companyIds),
        inArray(videoCaptions.contentId, contentIds),
        inArray(
          videoId,
          videos.map(({ id }) => id),
        ),
      ),
    )
    .orderBy(asc(videoCaptions.place))
}

/** For a video whose content's row is locked: these become all of its captions. */
export async function saveCaptions(
  tx: WriteTx,
  { companyId, contentId, id: videoId }: VideoKey,
  captions: readonly Omit<VideoCaptions, 'videoId'>[],
): Promise<void> {
  await tx.drizzle
    .delete(videoCaptions)
    .where(
      and(
        eq(videoCaptions.companyId, companyId),
        eq(videoCaptions.contentId, contentId),
        eq(videoCaptions.videoId, videoId),
      ),
    )
  if (captions.length === 0) return
  const rows = captions.map((each, place) => ({ ...each, companyId, contentId, videoId, place }))
  await tx.drizzle.insert(videoCaptions).values(rows)
}
