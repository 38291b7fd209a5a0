import type { Tx, WriteTx } from '@arv/database'
import { arContents } from '@arv/drizzle/schema/content'
import { projects } from '@arv/drizzle/schema/tenancy'
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import { lockSubject, readClock } from '../subject-lock.repository.ts'
import { RESTORABLE_DAYS } from './ar-content.ts'

export type ArContent = typeof arContents.$inferSelect

export type NewArContent = Pick<
  typeof arContents.$inferInsert,
  | 'companyId'
  | 'projectId'
  | 'imageId'
  | 'title'
  | 'description'
  | 'expiresAt'
  | 'metadata'
  | 'similarAllowed'
  | 'createdBy'
>

/** Those that are there, those that were deleted and can be restored, or both with those that wait to be purged. */
export type Presence = 'present' | 'restorable' | 'any'

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
  presence: Presence = 'present',
): Promise<ArContent[]> {
  return tx.drizzle
    .select()
    .from(arContents)
    .where(
      and(inArray(arContents.id, [...ids]), inCompanies(arContents.companyId, visible), isThere(presence)),
    )
}

export async function lockContent(
  tx: WriteTx,
  companyId: number,
  id: number,
  presence: Presence = 'present',
): Promise<LockedContent | null> {
  await lockSubject(tx, 'content', id)
  const [content] = await tx.drizzle
    .select()
    .from(arContents)
    .where(and(eq(arContents.companyId, companyId), eq(arContents.id, id), isThere(presence)))
    .for('update')
  return content ? { content, instant: await readClock(tx) } : null
}

export async function insertContent(tx: WriteTx, content: NewArContent): Promise<ArContent> {
  const [row] = await tx.drizzle.insert(arContents).values(content).returning()
  if (!row) throw new Error('an inserted content was not returned')
  return row
}

/** Changes a locked content; the result is its next version. */
export async function saveContent(
  tx: WriteTx,
  { companyId, id }: ArContent,
  changes: Partial<ArContent>,
): Promise<ArContent> {
  const [row] = await tx.drizzle
    .update(arContents)
    .set({ ...changes, version: sql`${arContents.version} + 1`, updatedAt: sql`now()` })
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

/** Whether a content is there, or was deleted so lately that it can be restored. */
export function isThere(presence: Presence): SQL | undefined {
  if (presence === 'any') return undefined
  if (presence === 'present') return isNull(arContents.deletedAt)
  // In hours: a day of an interval is a calendar day of the session's time zone.
  return sql`${arContents.deletedAt} > now() - make_interval(hours => ${RESTORABLE_DAYS * 24})`
}
