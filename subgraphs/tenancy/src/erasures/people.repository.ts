import type { WriteTx } from '@arv/database'

/** Somebody who was a member a moment ago, and what was removed with the membership. */
export interface RemovedPerson {
  readonly userId: number
  readonly removed: Readonly<Record<string, number>>
}

/**
 * Ends one membership of a company, whichever comes first. A person without any other goes with their sessions, unless
 * they look after the platform. Null when there are no members any more. Needs the platform's role.
 */
export async function removeNextPerson(tx: WriteTx, companyId: number): Promise<RemovedPerson | null> {
  const { sql } = tx
  const [member] = await sql<{ id: number; userId: number }[]>`
    select id, user_id as "userId" from tenancy.memberships where company_id = ${companyId}
    order by id limit 1 for update`
  if (!member) return null
  await sql`delete from tenancy.memberships where company_id = ${companyId} and id = ${member.id}`
  const removed = { 'tenancy.memberships': 1, ...(await removeIfAlone(tx, member.userId)) }
  return { userId: member.userId, removed }
}

async function removeIfAlone({ sql }: WriteTx, userId: number): Promise<Record<string, number>> {
  // Held, so that nobody makes them a member somewhere else meanwhile.
  const [alone] = await sql<{ email: string }[]>`
    select email from tenancy.users u
    where id = ${userId} and not is_platform_admin
      and not exists (select from tenancy.memberships m where m.user_id = u.id)
    for update`
  if (!alone) return {}
  const resets = await sql`delete from tenancy.password_resets where lower(email) = lower(${alone.email})`
  const sessions = await sql`delete from tenancy.refresh_tokens where user_id = ${userId}`
  await sql`delete from tenancy.users where id = ${userId}`
  return {
    'tenancy.users': 1,
    'tenancy.refresh_tokens': sessions.count,
    'tenancy.password_resets': resets.count,
  }
}

/** Up to a hundred API keys of a company; answers with their ids. */
export async function removeKeys({ sql }: WriteTx, companyId: number): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    delete from tenancy.api_keys
    where company_id = ${companyId} and id in (
      select id from tenancy.api_keys where company_id = ${companyId} limit 100)
    returning id`
  return rows.map(({ id }) => id)
}
