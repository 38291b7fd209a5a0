import type { Tx, WriteTx } from '@arv/database'
import { rotationSchedules } from '@arv/drizzle/schema/content'
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { ScheduleProgress } from '../active-video/rules/advance-active-video.ts'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import type { ContentKey } from '../videos/videos.repository.ts'
import type { ScheduleTerms } from './rotation-schedule.ts'

export type RotationSchedule = typeof rotationSchedules.$inferSelect

export async function findRotations(
  tx: Tx,
  ids: readonly number[],
  visible: VisibleCompanies,
): Promise<RotationSchedule[]> {
  return tx.drizzle
    .select()
    .from(rotationSchedules)
    .where(and(inArray(rotationSchedules.id, [...ids]), inCompanies(rotationSchedules.companyId, visible)))
}

/** All schedules of the contents, each content's highest priority first. */
export async function listSchedules(tx: Tx, contents: readonly ContentKey[]): Promise<RotationSchedule[]> {
  const companyIds = [...new Set(contents.map(({ companyId }) => companyId))]
  const contentIds = contents.map(({ id }) => id)
  return tx.drizzle
    .select()
    .from(rotationSchedules)
    .where(
      and(inArray(rotationSchedules.companyId, companyIds), inArray(rotationSchedules.contentId, contentIds)),
    )
    .orderBy(desc(rotationSchedules.priority), asc(rotationSchedules.id))
}

/** Begins with the first of its videos at the instant. For a content whose row is locked. */
export async function insertSchedule(
  tx: WriteTx,
  { companyId, id: contentId }: ContentKey,
  terms: ScheduleTerms,
  anchorAt: Date,
): Promise<RotationSchedule> {
  const [row] = await tx.drizzle
    .insert(rotationSchedules)
    .values({ ...inColumns(terms), companyId, contentId, anchorAt })
    .returning()
  if (!row) throw new Error('an inserted schedule was not returned')
  return row
}

/** Makes a new version of it, which begins again with the first of its videos at the instant. */
export async function saveSchedule(
  tx: WriteTx,
  { companyId, id }: RotationSchedule,
  terms: ScheduleTerms,
  anchorAt: Date,
): Promise<RotationSchedule> {
  const [row] = await tx.drizzle
    .update(rotationSchedules)
    .set({
      ...inColumns(terms),
      anchorAt,
      anchorIndex: 0,
      currentIndex: 0,
      version: sql`${rotationSchedules.version} + 1`,
      updatedAt: sql`now()`,
    })
    .where(and(eq(rotationSchedules.companyId, companyId), eq(rotationSchedules.id, id)))
    .returning()
  if (!row) throw new Error('the schedule of a locked content was not updated')
  return row
}

export async function deleteSchedule(tx: WriteTx, { companyId, id }: RotationSchedule): Promise<void> {
  await tx.drizzle
    .delete(rotationSchedules)
    .where(and(eq(rotationSchedules.companyId, companyId), eq(rotationSchedules.id, id)))
}

/** Where schedules of one company stand. No edit of them: neither their versions nor when they were changed move. */
export async function saveProgress(
  tx: WriteTx,
  companyId: number,
  progress: readonly ScheduleProgress[],
): Promise<void> {
  if (progress.length === 0) return
  await tx.sql`update content.rotation_schedules s
    set anchor_at = p."anchorAt", anchor_index = p."anchorIndex", current_index = p."currentIndex",
      last_rotation_at = coalesce(p."lastRotationAt", s.last_rotation_at), next_rotation_at = p."nextRotationAt"
    from jsonb_to_recordset(${JSON.stringify(progress)}::jsonb) as p (id int, "anchorAt" timestamptz,
      "anchorIndex" int, "currentIndex" int, "lastRotationAt" timestamptz, "nextRotationAt" timestamptz)
    where s.company_id = ${companyId} and s.id = p.id`
}

function inColumns({ videoSequence, exceptedDates, ...terms }: ScheduleTerms) {
  return { ...terms, videoSequence: [...videoSequence], exceptedDates: [...exceptedDates] }
}
