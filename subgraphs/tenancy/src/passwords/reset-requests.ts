import type { WriteTx } from '@arv/database'
import { type AttemptLimit, waitOf, withFailure } from '../sessions/attempt-limit.ts'
import {
  accountKey,
  ALL_ACCOUNTS,
  ALL_NETWORKS,
  type AttemptKey,
  findAttempts,
  forgetExpiredAttempts,
  lockAttempts,
  saveAttempts,
} from '../sessions/attempts.repository.ts'

const HOUR = 3600

/** How many letters somebody may have sent to one address; more from everywhere, so that nobody is kept from theirs. */
const FROM_NETWORK: AttemptLimit = {
  free: 3,
  firstWaitSeconds: 60,
  longestWaitSeconds: 900,
  rememberSeconds: HOUR,
}
const FROM_EVERYWHERE: AttemptLimit = { ...FROM_NETWORK, free: 10 }
/** And to one address after another. */
const OF_NETWORK: AttemptLimit = { ...FROM_NETWORK, free: 30 }

/**
 * Counts a letter that is asked for; answers the seconds to wait before one may be, and then nothing was counted.
 * Whether somebody has the address makes no difference.
 */
export async function countResetRequest(
  tx: WriteTx,
  { email, network }: { readonly email: string; readonly network: string },
): Promise<number> {
  const key: AttemptKey = { purpose: 'RESET', account: await accountKey(tx, email), network }
  const keys = [key, { ...key, network: ALL_NETWORKS }, { ...key, account: ALL_ACCOUNTS }]
  // First without holding anything, as signing in does.
  const seen = waitOf(await findAttempts(tx, keys))
  if (seen > 0) return seen
  const { rows, now } = await lockAttempts(tx, keys)
  const wait = waitOf({ rows, now })
  if (wait > 0) return wait
  for (const row of rows) await saveAttempts(tx, { ...row, ...withFailure(row, limitOf(row), now) })
  await forgetExpiredAttempts(tx)
  return 0
}

function limitOf({ account, network }: AttemptKey): AttemptLimit {
  if (account.equals(ALL_ACCOUNTS)) return OF_NETWORK
  return network === ALL_NETWORKS ? FROM_EVERYWHERE : FROM_NETWORK
}
