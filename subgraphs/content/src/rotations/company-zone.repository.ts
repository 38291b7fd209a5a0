import type { Tx, WriteTx } from '@arv/database'
import { rotationSchedules } from '@arv/drizzle/schema/content'
import { and, asc, eq, isNull, ne } from 'drizzle-orm'
import type { LockedContent } from '../contents/contents.repository.ts'

/** The contents with a schedule in force that has no time zone of its own. */
export async function listContentsInCompanyZone(tx: Tx, companyId: number): Promise<number[]> {
  const rows = await tx.drizzle
    .selectDistinct({ id: rotationSchedules.contentId })
    .from(rotationSchedules)
    .where(and(eq(rotationSchedules.companyId, companyId), goesByCompany))
    .orderBy(asc(rotationSchedules.contentId))
  return rows.map(({ id }) => id)
}

/**
 * Makes where they stand the checkpoint of those schedules: boundaries that were in one zone are not counted again in
 * another. Day parts have no checkpoint but where they were set.
 */
export async function holdTurns(tx: WriteTx, { content, instant }: LockedContent): Promise<void> {
  await tx.drizzle
    .update(rotationSchedules)
    .set({
      anchorAt: instant,
      anchorIndex: rotationSchedules.currentIndex,
      updatedAt: rotationSchedules.updatedAt,
    })
    .where(
      and(
        eq(rotationSchedules.companyId, content.companyId),
        eq(rotationSchedules.contentId, content.id),
        goesByCompany,
        ne(rotationSchedules.rotationType, 'DAY_PARTS'),
      ),
    )
}

const goesByCompany = and(isNull(rotationSchedules.timeZone), eq(rotationSchedules.isActive, true))
