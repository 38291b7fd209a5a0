import type { Tenant, Tx, WriteTx } from '@arv/database'
import { memberships } from '@arv/drizzle/schema/tenancy'
import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { isOneOf, ofTenant } from '../visible-rows.repository.ts'

export type Membership = typeof memberships.$inferSelect

export function findMemberships(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Membership[]> {
  return select(tx, tenant, isOneOf(memberships.id, ids))
}

export function findMembershipsOfUsers(
  tx: Tx,
  tenant: Tenant,
  userIds: readonly number[],
): Promise<Membership[]> {
  return select(tx, tenant, isOneOf(memberships.userId, userIds))
}

export function findMembershipsOfCompanies(
  tx: Tx,
  tenant: Tenant,
  companyIds: readonly number[],
): Promise<Membership[]> {
  return select(tx, tenant, isOneOf(memberships.companyId, companyIds))
}

/** Undefined when the user is a member already. */
export async function insertMembership(
  tx: WriteTx,
  membership: Pick<Membership, 'companyId' | 'userId' | 'role'>,
): Promise<Membership | undefined> {
  const [inserted] = await tx.drizzle.insert(memberships).values(membership).onConflictDoNothing().returning()
  return inserted
}

function select(tx: Tx, tenant: Tenant, condition: SQL): Promise<Membership[]> {
  return tx.drizzle
    .select()
    .from(memberships)
    .where(and(condition, ofTenant(memberships.companyId, tenant)))
    .orderBy(asc(memberships.id))
}

/** The company's members, whom nobody else changes until this transaction ends. */
export function lockMembershipsOfCompany(tx: WriteTx, companyId: number): Promise<Membership[]> {
  return tx.drizzle
    .select()
    .from(memberships)
    .where(eq(memberships.companyId, companyId))
    .orderBy(asc(memberships.id))
    .for('update')
}

export async function updateMembershipRole(
  tx: WriteTx,
  { id, companyId }: Membership,
  role: Membership['role'],
): Promise<Membership> {
  const [updated] = await tx.drizzle
    .update(memberships)
    .set({ role, updatedAt: sql`now()` })
    .where(and(eq(memberships.companyId, companyId), eq(memberships.id, id)))
    .returning()
  if (!updated) throw new Error('a locked membership is not there')
  return updated
}

export async function deleteMembership(tx: WriteTx, { id, companyId }: Membership): Promise<void> {
  await tx.drizzle
    .delete(memberships)
    .where(and(eq(memberships.companyId, companyId), eq(memberships.id, id)))
}

/** Whether two people work in the same company; for a transaction that sees all of them. */
export async function sharesCompany(tx: Tx, userId: number, otherId: number): Promise<boolean> {
  const rows = await tx.sql`
    select from tenancy.memberships m join tenancy.memberships o on o.company_id = m.company_id
    where m.user_id = ${userId} and o.user_id = ${otherId} limit 1`
  return rows.length > 0
}
