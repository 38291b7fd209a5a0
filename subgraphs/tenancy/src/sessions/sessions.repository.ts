import type { Tx, WriteTx } from '@arv/database'
import type { Principal } from '@arv/identity'
import { refreshTokens, users } from '@arv/drizzle/schema/tenancy'
import { and, eq, exists, gt, isNull, sql } from 'drizzle-orm'
import { findUserPrincipal } from '../users/user-principal.repository.ts'

/** One refresh token as it is kept. */
export interface StoredToken {
  readonly userId: number
  readonly familyId: string
  readonly expiresAt: Date
}

interface FirstToken {
  readonly userId: number
  readonly familyId: string
  readonly hash: Buffer
  readonly ttlSeconds: number
}

/** Opens a family with its first token. */
export async function startFamily(tx: WriteTx, first: FirstToken): Promise<StoredToken> {
  const [token] = await tx.drizzle
    .insert(refreshTokens)
    .values({
      userId: first.userId,
      familyId: first.familyId,
      tokenHash: first.hash,
      expiresAt: sql`now() + make_interval(secs => ${first.ttlSeconds})`,
    })
    .returning()
  if (!token) throw new Error('a refresh token was not kept')
  return token
}

/**
 * The family of a token, which nobody else spends from or revokes until this transaction ends: else a successor
 * that is being made while its family is revoked would outlive it.
 */
export async function lockFamily(tx: WriteTx, hash: Buffer): Promise<string | undefined> {
  const [token] = await tx.drizzle
    .select({ familyId: refreshTokens.familyId })
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, hash))
  if (!token) return undefined
  await tx.sql`select pg_advisory_xact_lock(hashtextextended(${token.familyId}, 0))`
  return token.familyId
}

/** Spends a token and keeps its successor, in one statement; undefined when it can't be spent (any more). */
export async function spendToken(
  tx: WriteTx,
  {
    hash,
    successor,
    ttlSeconds,
  }: { readonly hash: Buffer; readonly successor: Buffer; readonly ttlSeconds: number },
): Promise<StoredToken | undefined> {
  const [token] = await tx.sql<StoredToken[]>`
    with spent as (
      update tenancy.refresh_tokens set spent_at = now()
      where token_hash = ${hash} and spent_at is null and revoked_at is null and expires_at > now()
      returning user_id, family_id
    )
    insert into tenancy.refresh_tokens (user_id, family_id, token_hash, expires_at)
    select user_id, family_id, ${successor}, now() + make_interval(secs => ${ttlSeconds}) from spent
    returning user_id as "userId", family_id as "familyId", expires_at as "expiresAt"`
  return token
}

/** Whether a token was spent before: somebody has kept a copy of it. */
export async function isSpent(tx: Tx, hash: Buffer): Promise<boolean> {
  const [token] = await tx.drizzle
    .select({ spentAt: refreshTokens.spentAt })
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, hash))
  return token !== undefined && token.spentAt !== null
}

/** Ends a family; false when it had ended before. */
export async function revokeFamily(tx: WriteTx, familyId: string): Promise<boolean> {
  const revoked = await tx.drizzle
    .update(refreshTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(refreshTokens.familyId, familyId), isNull(refreshTokens.revokedAt)))
    .returning({ id: refreshTokens.id })
  return revoked.length > 0
}

/** Whose a token is, spent or not. */
export async function findTokenUserId(tx: Tx, hash: Buffer): Promise<number | undefined> {
  const [token] = await tx.drizzle
    .select({ userId: refreshTokens.userId })
    .from(refreshTokens)
    .where(eq(refreshTokens.tokenHash, hash))
  return token?.userId
}

/** A few at a time: each session that begins or goes on clears away more than it adds. */
export async function forgetExpiredTokens(tx: WriteTx): Promise<void> {
  await tx.sql`
    delete from tenancy.refresh_tokens where id in (
      select id from tenancy.refresh_tokens where expires_at < now()
      order by expires_at limit 20 for update skip locked)`
}

/** Who a user is while their session lasts; null when either is gone. */
export async function findPrincipal(tx: Tx, userId: number, familyId: string): Promise<Principal | null> {
  const live = tx.drizzle
    .select({ one: sql`1` })
    .from(refreshTokens)
    .where(
      and(
        eq(refreshTokens.familyId, familyId),
        eq(refreshTokens.userId, userId),
        isNull(refreshTokens.spentAt),
        isNull(refreshTokens.revokedAt),
        gt(refreshTokens.expiresAt, sql`now()`),
      ),
    )
  const user = await findUserPrincipal(tx, and(eq(users.id, userId), exists(live)))
  return user && { ...user, familyId }
}
