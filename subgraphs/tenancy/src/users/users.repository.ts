import type { Tx, WriteTx } from '@arv/database'
import { users } from '@arv/drizzle/schema/tenancy'
import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { isOneOf } from '../visible-rows.repository.ts'

const { passwordHash, ...columns } = getTableColumns(users)

/** A user as everybody may know them: the password's hash stays where it is checked. */
export type User = Omit<typeof users.$inferSelect, 'passwordHash'>

export interface Credentials {
  readonly user: User
  /** Null for somebody who signs in elsewhere. */
  readonly passwordHash: string | null
}

export function findUsers(tx: Tx, ids: readonly number[]): Promise<User[]> {
  return tx.drizzle.select(columns).from(users).where(isOneOf(users.id, ids))
}

export async function findUserByEmail(tx: Tx, email: string): Promise<User | undefined> {
  const [user] = await tx.drizzle.select(columns).from(users).where(hasEmail(email))
  return user
}

export async function findCredentials(tx: Tx, email: string): Promise<Credentials | undefined> {
  const [found] = await tx.drizzle.select({ user: columns, passwordHash }).from(users).where(hasEmail(email))
  return found
}

export async function findCredentialsById(tx: Tx, id: number): Promise<Credentials | undefined> {
  const [found] = await tx.drizzle.select({ user: columns, passwordHash }).from(users).where(eq(users.id, id))
  return found
}

/** The user, if their password is still the one that was checked; it stays that until this transaction ends. */
export async function findUserWithPassword(
  tx: WriteTx,
  id: number,
  checkedHash: string,
): Promise<User | undefined> {
  const [user] = await tx.drizzle
    .select(columns)
    .from(users)
    .where(and(eq(users.id, id), eq(passwordHash, checkedHash)))
    .for('share')
  return user
}

/** Undefined when somebody else has just taken the address. */
export async function insertUser(
  tx: WriteTx,
  user: { readonly email: string; readonly name: string; readonly passwordHash: string },
): Promise<User | undefined> {
  const [inserted] = await tx.drizzle.insert(users).values(user).onConflictDoNothing().returning(columns)
  return inserted
}

function hasEmail(email: string) {
  return eq(sql`lower(${users.email})`, sql`lower(${email})`)
}

/** Notes that the address is the user's own. True when that was not known before. */
export async function confirmEmail(tx: WriteTx, id: number): Promise<boolean> {
  const confirmed = await tx.drizzle
    .update(users)
    .set({ emailConfirmedAt: sql`now()` })
    .where(and(eq(users.id, id), isNull(users.emailConfirmedAt)))
    .returning({ id: users.id })
  return confirmed.length > 0
}

/** From now on the user signs in elsewhere, or by a mailed link. */
export async function clearPassword(tx: WriteTx, id: number): Promise<void> {
  await tx.drizzle.update(users).set({ passwordHash: null }).where(eq(users.id, id))
}
