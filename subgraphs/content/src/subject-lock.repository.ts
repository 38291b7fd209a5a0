import type { WriteTx } from '@arv/database'

/** Distinguishes the locks of contents from those of portraits. */
const LOCK_CLASS = { content: 1, portrait: 2 } as const

/**
 * Waits until nobody else changes this content or portrait; held until the transaction ends. Events are delivered in
 * the order of their transactions' ids, and PostgreSQL may give an id to a transaction that still waits for a row: then
 * its event would come before that of the change it waited for. Waiting here gives none.
 */
export async function lockSubject(tx: WriteTx, type: keyof typeof LOCK_CLASS, id: number): Promise<void> {
  await tx.sql`select pg_advisory_xact_lock(${LOCK_CLASS[type]}::int, ${id}::int)`
}

/** The same without waiting, for several: answers with those that nobody else is at. */
export async function tryLockSubjects(
  tx: WriteTx,
  type: keyof typeof LOCK_CLASS,
  ids: readonly number[],
): Promise<number[]> {
  const rows = await tx.sql<{ id: number; locked: boolean }[]>`
    select id, pg_try_advisory_xact_lock(${LOCK_CLASS[type]}::int, id) as locked
    from unnest(${[...ids]}::int[]) id`
  return rows.flatMap(({ id, locked }) => (locked ? id : []))
}

/** The database's clock; a transaction's `now()` stands still while it waits for a lock. */
export async function readClock(tx: WriteTx): Promise<Date> {
  const [row] = await tx.sql<{ instant: Date }[]>`select clock_timestamp() as instant`
  if (!row) throw new Error('the database has no clock')
  return row.instant
}
