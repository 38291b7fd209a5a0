import type { Tx } from '@arv/database'
import { rotationSchedules } from '@arv/drizzle/schema/content'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import type { ContentKey } from '../videos/videos.repository.ts'

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

/** The rotations of the contents; one each. */
export async function listRotations(tx: Tx, contents: readonly ContentKey[]): Promise<RotationSchedule[]> {
  const companyIds = [...new Set(contents.map(({ companyId }) => companyId))]
  const contentIds = contents.map(({ id }) => id)
  return tx.drizzle
    .select()
    .from(rotationSchedules)
    .where(
      and(
        inArray(rotationSchedules.companyId, companyIds),
        inArray(rotationSchedules.contentId, contentIds),
        eq(rotationSchedules.priority, 0),
      ),
    )
    .orderBy(asc(rotationSchedules.id))
}
