import { type Actor, companies, type Database, platform, type Tenant, type WriteTx } from '@arv/database'
import { type Caller, type Role, roleAllows, roleIn, visibleCompanyIds } from '@arv/identity'
import { unauthenticated } from './errors.ts'
import { type Failure, failure, notAllowed, type UserError } from './user-errors.ts'

/** @throws GraphQLError UNAUTHENTICATED for an anonymous caller */
export function userActor(caller: Caller): Actor & { kind: 'user' } {
  if (caller.principal.kind !== 'user') throw unauthenticated()
  return { kind: 'user', userId: caller.principal.userId }
}

/**
 * What the caller may read: their companies, or all of them for a platform admin.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export function readingTenant(caller: Caller): Tenant {
  const actor = userActor(caller)
  const visible = visibleCompanyIds(caller.principal)
  return visible === 'all' ? platform(actor) : companies(visible, actor)
}

/** One company that a caller wants to change, and what that takes. */
export interface CompanyChange {
  readonly companyId: number
  readonly needs: Role
  /** The answer when the company is not there or not theirs: the same for both. */
  readonly missing: UserError
  /** `platform` when the change also touches rows of no company (users); the checks are the same. */
  readonly scope?: Tenant['scope']
}

/**
 * Runs a change in one company as its tenant. The role is checked on what the gateway knew, and again in the
 * transaction on what is true now.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export async function changeCompany<T>(
  database: Database,
  caller: Caller,
  { companyId, needs, missing, scope = 'companies' }: CompanyChange,
  change: (tx: WriteTx) => Promise<T>,
): Promise<T | Failure> {
  const actor = userActor(caller)
  const known = refusal(roleIn(caller.principal, companyId), needs, missing)
  if (known) return known
  const tenant = scope === 'platform' ? platform(actor, companyId) : companies([companyId], actor)
  return database.write(tenant, async (tx) => {
    const [row] = await tx.sql<{ role: Role | null }[]>`select tenancy.actor_role() as role`
    return refusal(row?.role ?? null, needs, missing) ?? (await change(tx))
  })
}

function refusal(role: Role | null, needs: Role, missing: UserError): Failure | undefined {
  if (role === null) return failure(missing)
  if (!roleAllows(role, needs))
    return failure(notAllowed(`This takes the role ${needs} in the company; yours is ${role}.`))
  return undefined
}
