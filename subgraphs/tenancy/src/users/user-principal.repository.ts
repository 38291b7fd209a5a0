import type { Tx } from '@arv/database'
import { memberships, users } from '@arv/drizzle/schema/tenancy'
import type { Principal } from '@arv/identity'
import { asc, eq, type SQL } from 'drizzle-orm'

/** The one user of whom `condition` is true, as the gateway is told; null when there is none. */
export async function findUserPrincipal(
  tx: Tx,
  condition: SQL | undefined,
): Promise<Extract<Principal, { kind: 'user' }> | null> {
  const rows = await tx.drizzle
    .select({
      userId: users.id,
      isPlatformAdmin: users.isPlatformAdmin,
      companyId: memberships.companyId,
      role: memberships.role,
    })
    .from(users)
    .leftJoin(memberships, eq(memberships.userId, users.id))
    .where(condition)
    .orderBy(asc(memberships.companyId))
  const [user] = rows
  if (!user) return null
  return {
    kind: 'user',
    userId: user.userId,
    isPlatformAdmin: user.isPlatformAdmin,
    memberships: rows.flatMap(({ companyId, role }) =>
      companyId === null || role === null ? [] : [{ companyId, role }],
    ),
  }
}
