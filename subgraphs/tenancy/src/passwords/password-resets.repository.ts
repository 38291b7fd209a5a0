import type { Tx, WriteTx } from '@arv/database'
import { passwordResets } from '@arv/drizzle/schema/tenancy'
import { and, eq, gt, lt, ne, sql } from 'drizzle-orm'
import { findUserByEmail, findUsers, type User } from '../users/users.repository.ts'

/** A link is good for so long, and a request waits no longer for its letter. */
const LIFE = sql`now() + interval '1 hour'`

/** Notes that a link was asked for with an address, whoever has it. */
export async function insertReset(tx: WriteTx, email: string): Promise<number> {
  const [reset] = await tx.drizzle
    .insert(passwordResets)
    .values({ email, expiresAt: LIFE })
    .returning({ id: passwordResets.id })
  if (!reset) throw new Error('a request for a link was not kept')
  return reset.id
}

/**
 * Gives a request the hash of its link's token, in place of the one before if its letter has to be written again, and
 * answers whose it is. Undefined when nobody has the address, or they have asked again since, or used a link.
 */
export async function issueReset(tx: WriteTx, id: number, tokenHash: Buffer): Promise<User | undefined> {
  const [reset] = await tx.drizzle
    .select()
    .from(passwordResets)
    .where(and(eq(passwordResets.id, id), gt(passwordResets.expiresAt, sql`now()`)))
    .for('update')
  if (!reset) return undefined
  const user = await findHolder(tx, reset)
  if (user && !(await hasLaterReset(tx, user.id, id))) {
    await deleteResets(tx, user.id, id)
    await tx.drizzle
      .update(passwordResets)
      .set({ email: null, userId: user.id, tokenHash, expiresAt: LIFE })
      .where(eq(passwordResets.id, id))
    return user
  }
  await tx.drizzle.delete(passwordResets).where(eq(passwordResets.id, id))
  return undefined
}

async function findHolder(
  tx: WriteTx,
  { email, userId }: { readonly email: string | null; readonly userId: number | null },
): Promise<User | undefined> {
  const [user] =
    email === null ? await findUsers(tx, userId === null ? [] : [userId]) : [await findUserByEmail(tx, email)]
  // One link of a person at a time.
  if (user) await tx.sql`select from tenancy.users where id = ${user.id} for no key update`
  return user
}

async function hasLaterReset(tx: Tx, userId: number, id: number): Promise<boolean> {
  const later = await tx.drizzle
    .select({ id: passwordResets.id })
    .from(passwordResets)
    .where(and(eq(passwordResets.userId, userId), gt(passwordResets.id, id)))
  return later.length > 0
}

/** Voids the links of a user, but for one that they keep. */
export async function deleteResets(tx: WriteTx, userId: number, keptId = 0): Promise<void> {
  await tx.drizzle
    .delete(passwordResets)
    .where(and(eq(passwordResets.userId, userId), ne(passwordResets.id, keptId)))
}

/** Whose link holds this token. */
export async function findResetUserId(tx: Tx, tokenHash: Buffer): Promise<number | undefined> {
  const [reset] = await tx.drizzle
    .select({ userId: passwordResets.userId })
    .from(passwordResets)
    .where(isGood(tokenHash))
  return reset?.userId ?? undefined
}

/** Uses up a link; false when somebody was faster, or its time is over. */
export async function spendReset(tx: WriteTx, tokenHash: Buffer): Promise<boolean> {
  const spent = await tx.drizzle
    .delete(passwordResets)
    .where(isGood(tokenHash))
    .returning({ id: passwordResets.id })
  return spent.length > 0
}

function isGood(tokenHash: Buffer) {
  return and(eq(passwordResets.tokenHash, tokenHash), gt(passwordResets.expiresAt, sql`now()`))
}

export async function forgetExpiredResets(tx: WriteTx): Promise<void> {
  await tx.drizzle.delete(passwordResets).where(lt(passwordResets.expiresAt, sql`now()`))
}
