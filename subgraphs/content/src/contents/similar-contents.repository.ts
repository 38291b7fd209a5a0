import type { WriteTx } from '@arv/database'
import { arContents } from '@arv/drizzle/schema/content'
import { assets } from '@arv/drizzle/schema/media'
import { projects } from '@arv/drizzle/schema/tenancy'
import {
  aliasedTable,
  and,
  asc,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  ne,
  or,
  sql,
} from 'drizzle-orm'
import type { ArContent } from './contents.repository.ts'

/** Copies that were encoded anew, resized or made a little brighter differ in fewer bits of 64, other pictures in more. */
const MOST_BITS = 8
const MOST_TWINS = 10

/** What an image is compared with. */
export interface Comparison {
  readonly companyId: number
  readonly imageId: number
  /** The content that it is for; null for one that is not there yet. */
  readonly contentId: number | null
  /** Those that visitors see, or these and those that are not published yet. */
  readonly among: 'shown' | 'all'
}

/**
 * Contents of the company whose image, or next one, resembles an image, the oldest first. Those that are deleted,
 * switched off or at an end, or whose project is, don't count. Whoever looks is alone in the company until the
 * transaction ends, so that of two who come with one image the second finds the first.
 */
export async function findSimilarContents(
  tx: WriteTx,
  { companyId, imageId, contentId, among }: Comparison,
): Promise<ArContent[]> {
  await tx.sql`select pg_advisory_xact_lock(hashtext('content.similar'), ${companyId}::int)`
  const mine = aliasedTable(assets, 'mine')
  const twins = tx.drizzle.$with('twins').as(
    tx.drizzle
      .select({ id: assets.id })
      .from(assets)
      .innerJoin(mine, and(eq(mine.companyId, assets.companyId), eq(mine.id, imageId)))
      .where(
        and(
          eq(assets.companyId, companyId),
          sql`bit_count(${assets.perceptualHash} # ${mine.perceptualHash}) <= ${MOST_BITS}`,
        ),
      ),
  )
  const twinIds = tx.drizzle.select({ id: twins.id }).from(twins)
  return tx.drizzle
    .with(twins)
    .select(getTableColumns(arContents))
    .from(arContents)
    .innerJoin(
      projects,
      and(eq(projects.companyId, arContents.companyId), eq(projects.id, arContents.projectId)),
    )
    .where(
      and(
        eq(arContents.companyId, companyId),
        contentId === null ? undefined : ne(arContents.id, contentId),
        isNull(arContents.deletedAt),
        eq(arContents.isActive, true),
        among === 'shown' ? isNotNull(arContents.publishedAt) : undefined,
        sql`coalesce(${arContents.expiresAt} > now(), true)`,
        isNull(projects.archivedAt),
        sql`coalesce(${projects.expiresAt} > now(), true)`,
        or(inArray(arContents.imageId, twinIds), inArray(arContents.nextImageId, twinIds)),
      ),
    )
    .orderBy(asc(arContents.id))
    .limit(MOST_TWINS)
}
