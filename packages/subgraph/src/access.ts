import { type Actor, companies, type Database, platform, type Tenant, type WriteTx } from '@arv/database'
import {
  type Action,
  type Caller,
  type Denial,
  denialOf,
  type Principal,
  type Standing,
  standingIn,
  visibleCompanyIds,
} from '@arv/identity'
import { forbidden, unauthenticated } from './errors.ts'
import { type Failure, failure, notAllowed, type UserError } from './user-errors.ts'

export { staleVersion } from './stale-version.ts'

type CallingActor = Extract<Actor, { kind: 'user' | 'apiKey' }>

/**
 * Who acts: a person, or a machine with an API key.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export function actorOf({ principal }: Caller): CallingActor {
  switch (principal.kind) {
    case 'anonymous':
      throw unauthenticated()
    case 'apiKey':
      return { kind: 'apiKey', apiKeyId: principal.apiKeyId }
    case 'user':
      return { kind: 'user', userId: principal.userId }
  }
}

/**
 * Who acts, where only a person makes sense.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller, FORBIDDEN for an API key
 */
export function userActor(caller: Caller): Extract<Actor, { kind: 'user' }> {
  const actor = actorOf(caller)
  if (actor.kind !== 'user') throw forbidden(TAKES_A_PERSON)
  return actor
}

/** The acting person's row id, for what remembers its maker; null when a key acts. */
export function actingUserId(caller: Caller): number | null {
  const actor = actorOf(caller)
  return actor.kind === 'user' ? actor.userId : null
}

/**
 * What the caller may read: their companies, or all of them for a platform admin.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export function readingTenant(caller: Caller): Tenant {
  const actor = actorOf(caller)
  const visible = visibleCompanyIds(caller.principal)
  return visible === 'all' ? platform(actor) : companies(visible, actor)
}

/** One company that a caller wants to change, and what that is called in the permission table. */
export interface CompanyChange {
  readonly companyId: number
  readonly action: Action
  /** The answer when the company is not there or not theirs: the same for both. */
  readonly missing: UserError
  /** `platform` when the change also touches rows of no company (users); the checks are the same. */
  readonly scope?: Tenant['scope']
  /** For what members may do even in a company that is not in use, such as leaving it. */
  readonly evenWhenInactive?: boolean
}

/**
 * Runs a change in one company as its tenant. The permission is checked on what the gateway knew, and again in the
 * transaction on what is true now.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export async function changeCompany<T>(
  database: Database,
  caller: Caller,
  { companyId, action, missing, scope = 'companies', evenWhenInactive = false }: CompanyChange,
  change: (tx: WriteTx) => Promise<T>,
): Promise<T | Failure> {
  const actor = actorOf(caller)
  const refuse = (standing: Standing | null) =>
    standing === null ? failure(missing) : refusalOf(action, standing, actor.kind)
  const known = refuse(standingIn(caller.principal, companyId))
  if (known) return known
  const tenant = scope === 'platform' ? platform(actor, companyId) : companies([companyId], actor)
  return database.write(tenant, async (tx) => {
    const { standing, isActive, isErased } = await readStanding(tx)
    const refused = refuse(standing)
    if (refused) return refused
    if (isErased) return failure(notAllowed(BEING_ERASED))
    const isOpen = isActive || evenWhenInactive || standing === 'PLATFORM_ADMIN'
    return isOpen ? change(tx) : failure(notAllowed(NOT_IN_USE))
  })
}

const BEING_ERASED = 'This company is being erased: nothing of it can be changed any more.'

const NOT_IN_USE =
  'This company is not in use: its members can read, and only an administrator of the platform can change something.'

/**
 * Why the caller may not do a part of a change that takes more than the change itself, asked within it; undefined
 * when they may.
 */
export async function refusalOfPart(
  tx: WriteTx,
  caller: Caller,
  action: Action,
): Promise<Failure | undefined> {
  const { standing } = await readStanding(tx)
  if (standing === null) throw new Error('a part is asked about within a change')
  return refusalOf(action, standing, actorOf(caller).kind)
}

/** What a change of a company depends on. */
interface CompanyStanding {
  readonly standing: Standing | null
  readonly isActive: boolean
  readonly isErased: boolean
}

async function readStanding(tx: WriteTx): Promise<CompanyStanding> {
  const [row] = await tx.sql<CompanyStanding[]>`
    select tenancy.actor_standing() as standing, is_active as "isActive", erased_at is not null as "isErased"
    from tenancy.companies where id = arv.changed_company_id()`
  return row ?? { standing: null, isActive: false, isErased: false }
}

/**
 * For a field that the permission table names: refuses it to who may see the company and not this.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller, FORBIDDEN
 */
export function requireStanding(action: Action, caller: Caller, companyId: number): void {
  const { kind } = actorOf(caller)
  const standing = standingIn(caller.principal, companyId)
  const [refused] = standing === null ? [] : (refusalOf(action, standing, kind)?.userErrors ?? [])
  if (standing === null || refused) throw forbidden(refused?.message)
}

/**
 * The same for a field that is null to who may not read it, because clients ask for it without knowing that.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export function isAllowed(action: Action, caller: Caller, companyId: number): boolean {
  const { kind } = actorOf(caller)
  const standing = standingIn(caller.principal, companyId)
  return standing !== null && refusalOf(action, standing, kind) === undefined
}

/** Something of the platform that a caller wants to change. */
export interface PlatformChange {
  readonly action: Action
  /** The company that the change is about, for the log; none for what belongs to none. */
  readonly companyId?: number | undefined
}

/**
 * Runs a change that takes an administrator of the platform, checked before and again in the transaction.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export async function changePlatform<T>(
  database: Database,
  caller: Caller,
  { action, companyId }: PlatformChange,
  change: (tx: WriteTx) => Promise<T>,
): Promise<T | Failure> {
  const refused = platformRefusal(caller, action)
  if (refused) return refused
  return database.write(platform(actorOf(caller), companyId), async (tx) => {
    const [row] = await tx.sql<{ is: boolean }[]>`select tenancy.actor_is_platform_admin() as is`
    return row?.is === true ? change(tx) : denied({ kind: 'needs', least: 'PLATFORM_ADMIN' }, null)
  })
}

/**
 * Why the caller, as the gateway knew them, may not do an action of the platform; undefined when they may.
 *
 * @throws GraphQLError UNAUTHENTICATED for an anonymous caller
 */
export function platformRefusal(caller: Caller, action: Action): Failure | undefined {
  actorOf(caller)
  const { principal } = caller
  const isAdmin = principal.kind === 'user' && principal.isPlatformAdmin
  const denial = denialOf(action, isAdmin ? 'PLATFORM_ADMIN' : 'SIGNED_IN', principal.kind)
  return denial ? denied(denial, null) : undefined
}

/** Why somebody of this standing may not do an action, as the API says it; undefined when they may. */
export function refusalOf(action: Action, standing: Standing, kind: Principal['kind']): Failure | undefined {
  const denial = denialOf(action, standing, kind)
  return denial ? denied(denial, standing) : undefined
}

const TAKES_A_PERSON = 'An API key may not do this: it takes a person who is signed in.'

function denied(denial: Denial, standing: Standing | null): Failure {
  if (denial.kind === 'needsPerson') return failure(notAllowed(TAKES_A_PERSON))
  if (denial.least === 'PLATFORM_ADMIN') {
    return failure(notAllowed('Only an administrator of the platform can do this.'))
  }
  return failure(notAllowed(`This takes the role ${denial.least} in the company; yours is ${standing}.`))
}
