import { isForeignKeyViolation, isUniqueViolation, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { changesOf, failure, type Failure, notFound } from '@arv/subgraph'
import { actorOf, changeCompany, refusalOfPart, staleVersion } from '@arv/subgraph/access'
import type { UpdateCompanyInput } from '../__generated__/resolver-types.ts'
import { failureOf } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type Company, findUsableConnectionId, lockCompany, saveCompany } from './companies.repository.ts'
import { readConnectionId } from './company-draft.ts'
import { clearedCompanyProblems, readCompanyPatch, TERMS, withTierTerms } from './company-patch.ts'
import { NAME_TAKEN, NO_CONNECTION, SLUG_TAKEN } from './company-place.ts'
import { companyProblems, defaultCompanyProblems } from './company.ts'
import { moveStorage } from './move-storage.ts'

interface UpdatedCompany {
  readonly company: Company
  readonly userErrors: []
}

type Deps = Pick<TenancyDeps, 'database' | 'events' | 'jobs' | 'media' | 'logger'>

/** A company, locked, and what is to be otherwise. */
interface Plan {
  readonly company: Company
  readonly changes: Partial<Company>
}

/** What the input asks for, before anything of the database is known. */
interface Request {
  readonly companyId: number
  readonly input: UpdateCompanyInput
  /** Null when the storage stays. */
  readonly connectionId: number | null
}

/**
 * Changes a company. Another storage gets the company's folders before it is chosen.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when the folders could not be made
 */
export async function updateCompany(
  deps: Deps,
  caller: Caller,
  input: UpdateCompanyInput,
): Promise<UpdatedCompany | Failure> {
  actorOf(caller)
  const missing = notFound('id', 'company')
  const companyId = fromGlobalId('Company', input.id)
  if (companyId === null) return failure(missing)
  const connectionId = readConnectionId(input)
  if (connectionId === 'unknown') return NO_CONNECTION

  const request = { companyId, input, connectionId }
  const change = {
    companyId,
    action: 'updateCompany',
    missing,
    // Only the platform sees storages that no company of the caller uses.
    scope: connectionId === null ? 'companies' : 'platform',
  } as const
  const inCompany = <T>(act: (tx: WriteTx, plan: Plan) => Promise<T>) =>
    changeCompany(deps.database, caller, change, async (tx) => {
      const plan = await planUpdate(tx, caller, request)
      return 'userErrors' in plan ? plan : act(tx, plan)
    })
  try {
    if (connectionId !== null) {
      const refused = await moveStorage(deps, caller, connectionId, () =>
        inCompany(async (_tx, plan) => plan),
      )
      if (refused) return refused
    }
    return await inCompany((tx, plan) => save(deps, tx, plan))
  } catch (error) {
    if (isUniqueViolation(error, 'companies_name_key')) return NAME_TAKEN
    if (isUniqueViolation(error, 'companies_slug_key')) return SLUG_TAKEN
    if (isForeignKeyViolation(error, 'companies_storage_connection_id_fkey')) return NO_CONNECTION
    throw error
  }
}

/** Says no before anything is changed. */
async function planUpdate(
  tx: WriteTx,
  caller: Caller,
  { companyId, input, connectionId }: Request,
): Promise<Plan | Failure> {
  const company = await lockCompany(tx, companyId)
  if (!company) throw new Error('the company went away')
  const entity = { entityType: 'Company', entityId: companyId, version: company.version }
  const stale = await staleVersion(tx, input.expectedVersion, entity)
  if (stale) return failure(stale)

  const patch = withTierTerms(company, readCompanyPatch(input))
  const changes = changesOf(company, {
    ...patch,
    ...(connectionId !== null && { storageConnectionId: connectionId }),
  })
  const problems = [...clearedCompanyProblems(input), ...companyProblems(changes, company.readAt)]
  if (company.isDefault) problems.push(...defaultCompanyProblems(changes))
  const refused = (await termsRefusal(tx, caller, changes)) ?? failureOf(problems)
  if (refused) return refused
  const { storageConnectionId } = changes
  if (storageConnectionId !== undefined) {
    const usable = await findUsableConnectionId(tx, storageConnectionId)
    if (usable === undefined) return NO_CONNECTION
  }
  return { company, changes }
}

/** Names the first of the changes that is not the caller's to make. */
async function termsRefusal(
  tx: WriteTx,
  caller: Caller,
  changes: Partial<Company>,
): Promise<Failure | undefined> {
  const term = TERMS.find((field) => field in changes)
  if (term === undefined) return undefined
  const refused = await refusalOfPart(tx, caller, 'updateCompany.terms')
  return refused && { userErrors: refused.userErrors.map((error) => ({ ...error, field: [term] })) }
}

async function save(
  { events, jobs }: Pick<TenancyDeps, 'events' | 'jobs'>,
  tx: WriteTx,
  { company, changes }: Plan,
): Promise<UpdatedCompany> {
  if (Object.keys(changes).length === 0) return { company, userErrors: [] }
  const saved = await saveCompany(tx, company, changes)
  const { id: entityId, version: entityVersion } = saved
  await appendAudit(tx, {
    action: 'company.update',
    entityType: 'Company',
    entityId,
    changes: { ...changes },
    entityVersion,
  })
  if ('isActive' in changes || 'subscriptionExpiresAt' in changes) {
    const subject = { type: 'company', id: entityId } as const
    await events.append(tx, { type: 'company.validity', subject, payload: {} })
  }
  // Rotations without a time zone of their own go by this one.
  if ('timeZone' in changes) await jobs.send(tx, 'rotation.zone-changed', { companyId: entityId })
  return { company: saved, userErrors: [] }
}
