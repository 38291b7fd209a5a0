import type { Tx, WriteTx } from '@arv/database'
import { arContents } from '@arv/drizzle/schema/content'
import { projects } from '@arv/drizzle/schema/tenancy'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import { lockSubject, readClock } from '../subject-lock.repository.ts'

export type ArContent = typeof arContents.$inferSelect

export type NewArContent = Pick<
  typeof arContents.$inferInsert,
  'companyId' | 'projectId' | 'imageId' | 'title' | 'description' | 'expiresAt' | 'metadata' | 'createdBy'
>

/** A content whose row nobody else can change until the transaction ends. */
export interface LockedContent {
  readonly content: ArContent
  /** When the lock was had, by the database's clock: after everything that others did to the content. */
  readonly instant: Date
}

/** What plays, as it is stored. */
export type StoredActiveVideo = Pick<
  ArContent,
  'id' | 'activeVideoId' | 'activeVideoRule' | 'nextChangeAt' | 'manualVideoId' | 'manualSince'
>

export async function findContents(
  tx: Tx,
  ids: readonly number[],
  visible: VisibleCompanies,
): Promise<ArContent[]> {
  return tx.drizzle
    .select()
    .from(arContents)
    .where(
      and(
        inArray(arContents.id, [...ids]),
        inCompanies(arContents.companyId, visible),
        isNull(arContents.deletedAt),
      ),
    )
}

export async function lockContent(tx: WriteTx, companyId: number, id: number): Promise<LockedContent | null> {
  await lockSubject(tx, 'content', id)
  const [content] = await tx.drizzle
    .select()
    .from(arContents)
    .where(and(eq(arContents.companyId, companyId), eq(arContents.id, id), isNull(arContents.deletedAt)))
    .for('update')
  return content ? { content, instant: await readClock(tx) } : null
}

export async function insertContent(tx: WriteTx, content: NewArContent): Promise<ArContent> {
  const [row] = await tx.drizzle.insert(arContents).values(content).returning()
  if (!row) throw new Error('an inserted content was not returned')
  return row
}

/** Sets since when a content is published; null withdraws it. */
export async function savePublication(
  tx: WriteTx,
  { companyId, id }: ArContent,
  publishedAt: Date | null,
): Promise<ArContent> {
  const [row] = await tx.drizzle
    .update(arContents)
    .set({ publishedAt, version: sql`${arContents.version} + 1`, updatedAt: sql`now()` })
    .where(and(eq(arContents.companyId, companyId), eq(arContents.id, id)))
    .returning()
  if (!row) throw new Error('a locked content was not updated')
  return row
}

/** Of contents of one company. Not an edit of them: neither their versions nor when they were last changed move. */
export async function saveActiveVideos(
  tx: WriteTx,
  companyId: number,
  active: readonly StoredActiveVideo[],
): Promise<void> {
  await tx.sql`update content.ar_contents c
    set active_video_id = a."activeVideoId", active_video_rule = a."activeVideoRule",
      next_change_at = a."nextChangeAt", manual_video_id = a."manualVideoId", manual_since = a."manualSince"
    from jsonb_to_recordset(${JSON.stringify(active)}::jsonb) as a (id int, "activeVideoId" int,
      "activeVideoRule" text, "nextChangeAt" timestamptz, "manualVideoId" int, "manualSince" timestamptz)
    where c.company_id = ${companyId} and c.id = a.id`
}

/** The project's company, and whether it still takes contents. */
export async function findProject(
  tx: Tx,
  id: number,
  visible: VisibleCompanies,
): Promise<{ companyId: number; isArchived: boolean } | null> {
  const [row] = await tx.drizzle
    .select({ companyId: projects.companyId, archivedAt: projects.archivedAt })
    .from(projects)
    .where(and(eq(projects.id, id), inCompanies(projects.companyId, visible)))
  return row ? { companyId: row.companyId, isArchived: row.archivedAt !== null } : null
}
