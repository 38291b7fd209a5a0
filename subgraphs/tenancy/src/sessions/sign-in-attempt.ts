import type { WriteTx } from '@arv/database'
import { type AttemptLimit, later, waitOf, withFailure } from './attempt-limit.ts'
import type { AttemptLimits } from './attempt-limits.ts'
import {
  accountKey,
  ALL_ACCOUNTS,
  ALL_NETWORKS,
  type AttemptKey,
  type AttemptRow,
  type Attempts,
  findAttempts,
  forgetExpiredAttempts,
  lockAttempts,
  saveAttempts,
} from './attempts.repository.ts'

/** An attempt that was let through, and counted as a failure until it has turned out to be none. */
export interface SignInAttempt {
  readonly key: AttemptKey
  /** What was counted, as it was kept. */
  readonly counted: readonly AttemptRow[]
}

type Admission =
  | { readonly kind: 'admitted'; readonly attempt: SignInAttempt }
  | { readonly kind: 'refused'; readonly waitSeconds: number }

/** For so long a network counts as one that an account is used from. */
const KNOWN_NETWORK_SECONDS = 30 * 86_400

/**
 * Counts an attempt to sign in before anything is known of it, so that a hundred at once count a hundred; one that has
 * to wait is not counted. Whether there is such an account makes no difference.
 */
export async function beginSignIn(
  tx: WriteTx,
  limits: AttemptLimits,
  { email, network }: { readonly email: string; readonly network: string },
): Promise<Admission> {
  const account = await accountKey(tx, email)
  const key: AttemptKey = { purpose: 'SIGN_IN', account, network }
  const keys = [key, { ...key, network: ALL_NETWORKS }, { ...key, account: ALL_ACCOUNTS }]
  // First without holding anything: a flood that is refused must not make others wait for these rows.
  const seen = waitOf(countingOf(await findAttempts(tx, keys)))
  if (seen > 0) return { kind: 'refused', waitSeconds: seen }

  const locked = await lockAttempts(tx, keys)
  const { rows, exempt, now } = countingOf(locked)
  const wait = waitOf({ rows, now })
  if (wait > 0) return { kind: 'refused', waitSeconds: wait }
  const counted = rows.map((row) => countIn(row, limitOf(row, limits), now))
  // All rows whatever they say: a known account must not differ by a statement.
  await Promise.all([...counted, ...exempt].map((row) => saveAttempts(tx, row)))
  await forgetExpiredAttempts(tx)
  return { kind: 'admitted', attempt: { key, counted } }
}

/**
 * Where somebody has signed in before, what happened elsewhere doesn't count: else anybody who knows an address could
 * keep its owner out.
 */
function countingOf({ rows, now }: Attempts): Attempts & { readonly exempt: readonly AttemptRow[] } {
  const isKnown = rows.some(({ succeededAt, expiresAt }) => succeededAt !== null && expiresAt > now)
  const isExempt = (row: AttemptRow) => isKnown && row.network === ALL_NETWORKS
  return { rows: rows.filter((row) => !isExempt(row)), exempt: rows.filter(isExempt), now }
}

/** It was the right password: nothing is held against this account from this network, and nobody waits because of it. */
export async function forgiveSuccess(tx: WriteTx, { key, counted }: SignInAttempt): Promise<void> {
  await forgive(tx, counted, (row, now) =>
    isOf(row, key)
      ? {
          ...row,
          failures: 0,
          blockedUntil: null,
          succeededAt: now,
          expiresAt: later(now, KNOWN_NETWORK_SECONDS),
        }
      : row,
  )
}

/** Nobody could find out whether it was the right password. */
export async function forgiveUnchecked(tx: WriteTx, { counted }: SignInAttempt): Promise<void> {
  await forgive(tx, counted, (row) => row)
}

async function forgive(
  tx: WriteTx,
  counted: readonly AttemptRow[],
  further: (row: AttemptRow, now: Date) => AttemptRow,
): Promise<void> {
  const { rows, now } = await lockAttempts(tx, counted)
  for (const row of rows) {
    const ours = counted.find((one) => isOf(one, row))
    const isOurWait = ours?.blockedUntil?.getTime() === row.blockedUntil?.getTime()
    await saveAttempts(
      tx,
      further(
        {
          ...row,
          failures: Math.max(row.failures - 1, 0),
          blockedUntil: isOurWait ? null : row.blockedUntil,
        },
        now,
      ),
    )
  }
}

/** A network from which somebody signed in stays known for as long as it was. */
function countIn(row: AttemptRow, limit: AttemptLimit, now: Date): AttemptRow {
  const isFresh = row.expiresAt <= now
  const after = withFailure(row, limit, now)
  const succeededAt = isFresh ? null : row.succeededAt
  const expiresAt = succeededAt !== null && row.expiresAt > after.expiresAt ? row.expiresAt : after.expiresAt
  return { ...row, ...after, succeededAt, expiresAt }
}

function limitOf({ account, network }: AttemptKey, limits: AttemptLimits): AttemptLimit {
  if (account.equals(ALL_ACCOUNTS)) return limits.network
  return network === ALL_NETWORKS ? limits.account : limits.accountFromNetwork
}

function isOf(one: AttemptKey, other: AttemptKey): boolean {
  return one.purpose === other.purpose && one.account.equals(other.account) && one.network === other.network
}
