import type { Tx, WriteTx } from '@arv/database'
import { refreshTokens, users } from '@arv/drizzle/schema/tenancy'
import { and, eq, isNull, ne, sql } from 'drizzle-orm'

/** Sets a password; with `checkedHash` only if the one before is still that. False when it was not set. */
export async function setPassword(
  tx: WriteTx,
  userId: number,
  { passwordHash, checkedHash }: { readonly passwordHash: string; readonly checkedHash?: string },
): Promise<boolean> {
  const set = await tx.drizzle
    .update(users)
    .set({ passwordHash, version: sql`${users.version} + 1`, updatedAt: sql`now()` })
    .where(
      and(eq(users.id, userId), checkedHash === undefined ? undefined : eq(users.passwordHash, checkedHash)),
    )
    .returning({ id: users.id })
  return set.length > 0
}

/**
 * Ends a user's sessions, but for the family that goes on. Each is locked first, as `lockFamily` does: else a successor
 * that is being made would outlive its family.
 */
export async function endSessions(tx: WriteTx, userId: number, goesOn?: string): Promise<void> {
  await tx.sql`
    select pg_advisory_xact_lock(hashtextextended(family_id::text, 0)) from (
      select distinct family_id from tenancy.refresh_tokens
      where user_id = ${userId} and revoked_at is null and expires_at > now()
      order by family_id) families`
  await tx.drizzle
    .update(refreshTokens)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(refreshTokens.userId, userId),
        isNull(refreshTokens.revokedAt),
        goesOn === undefined ? undefined : ne(refreshTokens.familyId, goesOn),
      ),
    )
}

/** A company in whose name something is told of a user, for events have one: theirs, or any. */
export async function findCompanyToTell(tx: Tx, userId: number): Promise<number | undefined> {
  const [row] = await tx.sql<{ id: number | null }[]>`
    select coalesce(
      (select min(company_id) from tenancy.memberships where user_id = ${userId}),
      (select min(id) from tenancy.companies)) as id`
  return row?.id ?? undefined
}
