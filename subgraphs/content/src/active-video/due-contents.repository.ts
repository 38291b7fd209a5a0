import type { Tx, WriteTx } from '@arv/database'
import { arContents, rotationSchedules } from '@arv/drizzle/schema/content'
import { and, asc, eq, exists, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { readClock, tryLockSubjects } from '../subject-lock.repository.ts'
import type { LockedContents } from './materialise-active-video.ts'

export interface DueContent {
  readonly companyId: number
  readonly id: number
}

export interface DueContents {
  readonly due: readonly DueContent[]
  /** In how many milliseconds there is more to do; null when nothing is known to come. */
  readonly nextInMs: number | null
}

const MOST_AT_ONCE = 500

/**
 * The contents of all companies where another video plays, or the turn of a schedule has changed, if unseen: the longest
 * overdue first.
 */
export async function readDueContents(tx: Tx): Promise<DueContents> {
  const [due, [next]] = await Promise.all([
    tx.sql<DueContent[]>`
      select company_id as "companyId", id from (
        (select company_id, id, next_change_at as at from content.ar_contents
          where next_change_at <= now() and deleted_at is null order by next_change_at limit ${MOST_AT_ONCE})
        union all
        (select s.company_id, s.content_id, s.next_rotation_at
          from content.rotation_schedules s
            join content.ar_contents c on c.company_id = s.company_id and c.id = s.content_id
          where s.next_rotation_at <= now() and c.deleted_at is null
          order by s.next_rotation_at limit ${MOST_AT_ONCE})) due
      group by company_id, id order by min(at) limit ${MOST_AT_ONCE}`,
    tx.sql<{ inMs: number | null }[]>`
      select ceil(extract(epoch from least(
        (select min(next_change_at) from content.ar_contents where next_change_at > now()),
        (select min(next_rotation_at) from content.rotation_schedules where next_rotation_at > now()))
        - now()) * 1000)::float8 as "inMs"`,
  ])
  return { due, nextInMs: due.length === MOST_AT_ONCE ? 0 : (next?.inMs ?? null) }
}

/** Those of one company's contents that are still due and that nobody else is at. Nothing is waited for. */
export async function lockDueContents(
  tx: WriteTx,
  companyId: number,
  ids: readonly number[],
): Promise<LockedContents> {
  const locked = await tryLockSubjects(tx, 'content', ids)
  const turnChanged = tx.drizzle
    .select({ id: rotationSchedules.id })
    .from(rotationSchedules)
    .where(
      and(
        eq(rotationSchedules.companyId, arContents.companyId),
        eq(rotationSchedules.contentId, arContents.id),
        lte(rotationSchedules.nextRotationAt, sql`now()`),
      ),
    )
  const contents = await tx.drizzle
    .select()
    .from(arContents)
    .where(
      and(
        eq(arContents.companyId, companyId),
        inArray(arContents.id, [...locked]),
        or(lte(arContents.nextChangeAt, sql`now()`), exists(turnChanged)),
        isNull(arContents.deletedAt),
      ),
    )
    .orderBy(asc(arContents.id))
    .for('update', { skipLocked: true })
  return { contents, instant: await readClock(tx) }
}
