import type { Tx, WriteTx } from '@arv/database'
import { arContents, videoActivations } from '@arv/drizzle/schema/content'
import type { Page } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { and, count, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { ContentKey } from '../videos/videos.repository.ts'
import type { ActiveVideoRule } from './rules/plan.ts'

/** What played from when. */
export type VideoActivation = typeof videoActivations.$inferSelect & {
  /** Null while it lasts. */
  readonly until: Date | null
}

export interface NewActivation {
  readonly contentId: number
  readonly videoId: number | null
  readonly rule: ActiveVideoRule
  /** The schedule that decided; null under every rule but ROTATION. */
  readonly scheduleId: number | null
  readonly since: Date
}

/** For contents of one company. Whose doing it was the database takes from the transaction. */
export async function appendActivations(
  tx: WriteTx,
  companyId: number,
  activations: readonly NewActivation[],
): Promise<void> {
  if (activations.length === 0) return
  await tx.drizzle
    .insert(videoActivations)
    .values(activations.map((activation) => ({ companyId, ...activation })))
}

/** The same page of several contents' histories, in one statement. */
export async function listActivations(
  tx: Tx,
  contents: readonly ContentKey[],
  page: Page,
): Promise<VideoActivation[]> {
  const keyset = drizzleKeyset(page, { sort: videoActivations.id, id: videoActivations.id })
  const content = tx.drizzle
    .select({ companyId: arContents.companyId, id: arContents.id })
    .from(arContents)
    .where(isOneOf(contents))
    .as('content')
  const found = tx.drizzle
    .select({
      ...getTableColumns(videoActivations),
      until: sql<Date | null>`(select later.since from ${videoActivations} later
        where later.company_id = ${videoActivations}.company_id and later.content_id = ${videoActivations}.content_id
          and later.id > ${videoActivations}.id order by later.id limit 1)`
        .mapWith(videoActivations.since)
        .as('until'),
      place: sql<number>`row_number() over (order by ${sql.join(keyset.orderBy, sql`, `)})`.as('place'),
    })
    .from(videoActivations)
    .where(
      and(
        eq(videoActivations.companyId, content.companyId),
        eq(videoActivations.contentId, content.id),
        keyset.where,
      ),
    )
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
    .as('found')
  const rows = await tx.drizzle
    .select()
    .from(content)
    .crossJoinLateral(found)
    .orderBy(content.id, found.place)
  return rows.map((row) => row.found)
}

export async function countActivations(
  tx: Tx,
  contents: readonly ContentKey[],
): Promise<{ contentId: number; count: number }[]> {
  return tx.drizzle
    .select({ contentId: videoActivations.contentId, count: count() })
    .from(videoActivations)
    .where(
      and(
        inArray(videoActivations.companyId, [...new Set(contents.map(({ companyId }) => companyId))]),
        inArray(
          videoActivations.contentId,
          contents.map(({ id }) => id),
        ),
      ),
    )
    .groupBy(videoActivations.contentId)
}

function isOneOf(contents: readonly ContentKey[]) {
  return and(
    inArray(arContents.companyId, [...new Set(contents.map(({ companyId }) => companyId))]),
    inArray(
      arContents.id,
      contents.map(({ id }) => id),
    ),
  )
}
