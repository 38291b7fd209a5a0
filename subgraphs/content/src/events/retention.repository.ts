import type { WriteTx } from '@arv/database'

const KEPT_DAYS = 7
const BATCH_SIZE = 10_000

/**
 * Removes a batch of the oldest events that are past their time, and notes up to where events are missing: a
 * subscriber who comes back with an older cursor is told so.
 *
 * @returns whether there may be more
 */
export async function deleteOldEvents(tx: WriteTx): Promise<boolean> {
  const rows = await tx.sql<{ gone: number }[]>`
    with gone as (
      delete from log.events
      where (tx, id) in (
        select tx, id from log.events
        where created_at < now() - make_interval(days => ${KEPT_DAYS})
        order by created_at limit ${BATCH_SIZE})
      returning tx
    ), moved as (
      update log.event_horizon
      set tx = greatest(event_horizon.tx, (select max(gone.tx) from gone))
      where exists (select from gone)
    )
    select count(*)::int as gone from gone`
  return rows[0]?.gone === BATCH_SIZE
}
