import type { WriteTx } from '@arv/database'
import { externalIdentities, users } from '@arv/drizzle/schema/tenancy'
import { and, eq, type SQL, sql } from 'drizzle-orm'

/** Who somebody is at an issuer of tokens elsewhere. */
export interface ExternalIdentity {
  readonly issuer: string
  readonly subject: string
}

/**
 * Links an identity to the member who has its e-mail address; answers their id. Undefined when no member has it, or
 * one who looks after the platform, or whom another account of this issuer is linked to.
 */
export async function linkByEmail(
  tx: WriteTx,
  { issuer, subject }: ExternalIdentity,
  email: string,
): Promise<number | undefined> {
  const [linked] = await tx.sql<{ userId: number }[]>`
    insert into tenancy.external_identities (issuer, subject, user_id)
    select ${issuer}, ${subject}, u.id from tenancy.users u
    where lower(u.email) = lower(${email}) and not u.is_platform_admin
      and exists (select from tenancy.memberships m where m.user_id = u.id)
    on conflict do nothing
    returning user_id as "userId"`
  return linked?.userId
}

/** For a condition on users: those whom an identity is linked to, and who don't look after the platform. */
export function isLinkedTo({ issuer, subject }: ExternalIdentity): SQL | undefined {
  return and(
    eq(users.isPlatformAdmin, false),
    sql`${users.id} = (
      select user_id from ${externalIdentities} where issuer = ${issuer} and subject = ${subject})`,
  )
}
