import type { Tx, WriteTx } from '@arv/database'
import { signInAttempts } from '@arv/drizzle/schema/tenancy'
import { and, asc, eq, or, sql } from 'drizzle-orm'

/** Whose failures are counted. */
export interface AttemptKey {
  readonly purpose: 'SIGN_IN' | 'REFRESH' | 'RESET'
  /** Empty when all accounts are meant. */
  readonly account: Buffer
  /** Empty when all networks are meant. */
  readonly network: string
}

export type AttemptRow = typeof signInAttempts.$inferSelect

/** Those that there are of some keys, and the time. */
export interface Attempts {
  readonly rows: readonly AttemptRow[]
  readonly now: Date
}

export const ALL_ACCOUNTS: Buffer = Buffer.alloc(0)
export const ALL_NETWORKS = ''

/** A few at a time, at each attempt: what is cleared away is more than what it adds. */
const FORGOTTEN_AT_ONCE = 20

/** What an account is known by: two spellings of an address are one account where they are one to `findCredentials`. */
export async function accountKey(tx: Tx, email: string): Promise<Buffer> {
  const [row] = await tx.sql<{ account: Buffer }[]>`
    select sha256(convert_to(lower(${email}), 'UTF8')) as account`
  if (!row) throw new Error('no hash')
  return row.account
}

/**
 * The rows of `keys`, which nobody else counts in until this transaction ends, and the time by then. A key of which
 * nothing is known gets a row that has expired.
 */
export async function lockAttempts(tx: WriteTx, keys: readonly AttemptKey[]): Promise<Attempts> {
  // In one order, so that two attempts never wait for each other.
  const inOrder = keys.toSorted(
    (a, b) => Buffer.compare(a.account, b.account) || (a.network < b.network ? -1 : 1),
  )
  await tx.drizzle
    .insert(signInAttempts)
    .values(
      inOrder.map(({ purpose, account, network }) => ({ purpose, account, network, expiresAt: sql`now()` })),
    )
    .onConflictDoNothing()
  const rows = await select(tx, keys)
    .orderBy(asc(signInAttempts.account), asc(signInAttempts.network))
    .for('update')
  return { rows, now: await readClock(tx) }
}

/** What is kept of `keys`, for a look: it may change at any moment. */
export async function findAttempts(tx: Tx, keys: readonly AttemptKey[]): Promise<Attempts> {
  return { rows: await select(tx, keys), now: await readClock(tx) }
}

function select(tx: Tx, keys: readonly AttemptKey[]) {
  return tx.drizzle
    .select()
    .from(signInAttempts)
    .where(or(...keys.map(isKey)))
}

async function readClock(tx: Tx): Promise<Date> {
  const [clock] = await tx.sql<{ now: Date }[]>`select clock_timestamp() as now`
  if (!clock) throw new Error('no time')
  return clock.now
}

export async function saveAttempts(tx: WriteTx, row: AttemptRow): Promise<void> {
  const { failures, blockedUntil, succeededAt, expiresAt } = row
  await tx.drizzle
    .update(signInAttempts)
    .set({ failures, blockedUntil, succeededAt, expiresAt })
    .where(isKey(row))
}

/** Nothing is held against somebody who has proved otherwise who they are, wherever it was. */
export async function forgetAccountAttempts(tx: WriteTx, userId: number): Promise<void> {
  // In the order in which attempts are counted, so that neither waits for the other.
  await tx.sql`
    delete from tenancy.sign_in_attempts where (purpose, account, network) in (
      select a.purpose, a.account, a.network from tenancy.sign_in_attempts a
        join tenancy.users u on a.account = sha256(convert_to(lower(u.email), 'UTF8'))
      where u.id = ${userId} and a.purpose = 'SIGN_IN'
      order by a.account, a.network for update of a)`
}

/** The last of a transaction: whoever held others' rows while waiting for their own could wait for each other. */
export async function forgetExpiredAttempts(tx: WriteTx): Promise<void> {
  await tx.sql`
    delete from tenancy.sign_in_attempts where (purpose, account, network) in (
      select purpose, account, network from tenancy.sign_in_attempts where expires_at < now()
      order by expires_at limit ${FORGOTTEN_AT_ONCE} for update skip locked)`
}

function isKey({ purpose, account, network }: AttemptKey) {
  return and(
    eq(signInAttempts.purpose, purpose),
    eq(signInAttempts.account, account),
    eq(signInAttempts.network, network),
  )
}
