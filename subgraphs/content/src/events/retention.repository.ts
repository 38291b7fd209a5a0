import type { WriteTx } from '@arv/database'

const BATCH_SIZE = 10_000

/**
 * Removes a batch of the oldest events that are past their time. The database decides which those are: nobody has
 * the right to remove others.
 *
 * @returns whether there may be more
 */
export async function deleteOldEvents(tx: WriteTx): Promise<boolean> {
  const rows = await tx.sql<{ gone: number }[]>`select log.forget_events(${BATCH_SIZE}) as gone`
  return rows[0]?.gone === BATCH_SIZE
}
