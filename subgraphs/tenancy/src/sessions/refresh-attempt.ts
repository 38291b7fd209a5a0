import type { Tx, WriteTx } from '@arv/database'
import { waitOf, withFailure } from './attempt-limit.ts'
import type { AttemptLimits } from './attempt-limits.ts'
import {
  ALL_ACCOUNTS,
  type AttemptKey,
  findAttempts,
  forgetExpiredAttempts,
  lockAttempts,
  saveAttempts,
} from './attempts.repository.ts'

/** How many seconds a network has to wait before it may refresh a session; 0 when it may. */
export async function refreshWait(tx: Tx, network: string): Promise<number> {
  return waitOf(await findAttempts(tx, [keyOf(network)]))
}

/**
 * Counts a refresh token that is none. Nobody guesses one; this is for the load, so it is counted afterwards and a
 * session that goes on costs nothing.
 */
export async function countFailedRefresh(tx: WriteTx, limits: AttemptLimits, network: string): Promise<void> {
  const { rows, now } = await lockAttempts(tx, [keyOf(network)])
  for (const row of rows) await saveAttempts(tx, { ...row, ...withFailure(row, limits.refresh, now) })
  await forgetExpiredAttempts(tx)
}

function keyOf(network: string): AttemptKey {
  return { purpose: 'REFRESH', account: ALL_ACCOUNTS, network }
}
