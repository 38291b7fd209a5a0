import type { Tx, WriteTx } from '@arv/database'
import { arContents } from '@arv/drizzle/schema/content'
import { and, asc, eq, isNull, lte, sql } from 'drizzle-orm'
import type { LockedContent } from '../contents/contents.repository.ts'
import { readClock, tryLockSubject } from '../subject-lock.repository.ts'

export interface DueContent {
  readonly companyId: number
  readonly id: number
}

export interface DueContents {
  readonly due: readonly DueContent[]
  /** In how many milliseconds there is more to do; null when nothing is known to come. */
  readonly nextInMs: number | null
}

const BATCH_SIZE = 100

/** The contents whose boundary has come, the longest overdue first, of all companies. */
export async function readDueContents(tx: Tx): Promise<DueContents> {
  const due = await tx.drizzle
    .select({ companyId: arContents.companyId, id: arContents.id })
    .from(arContents)
    .where(and(lte(arContents.nextChangeAt, sql`now()`), isNull(arContents.deletedAt)))
    .orderBy(asc(arContents.nextChangeAt))
    .limit(BATCH_SIZE)
  const [next] = await tx.drizzle
    .select({
      inMs: sql<number>`ceil(extract(epoch from ${arContents.nextChangeAt} - now()) * 1000)::float8`,
    })
    .from(arContents)
    .where(and(sql`${arContents.nextChangeAt} > now()`, isNull(arContents.deletedAt)))
    .orderBy(asc(arContents.nextChangeAt))
    .limit(1)
  return { due, nextInMs: due.length === BATCH_SIZE ? 0 : (next?.inMs ?? null) }
}

/** Null when another worker is at it, or it is no longer due. */
export async function lockDueContent(
  tx: WriteTx,
  { companyId, id }: DueContent,
): Promise<LockedContent | null> {
  if (!(await tryLockSubject(tx, 'content', id))) return null
  const [content] = await tx.drizzle
    .select()
    .from(arContents)
    .where(
      and(
        eq(arContents.companyId, companyId),
        eq(arContents.id, id),
        lte(arContents.nextChangeAt, sql`now()`),
        isNull(arContents.deletedAt),
      ),
    )
    .for('update')
  return content ? { content, instant: await readClock(tx) } : null
}
