import { type Actor, isForeignKeyViolation, platform, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { failure, type Failure, notAllowed, serviceUnavailable } from '@arv/subgraph'
import { userActor } from '@arv/subgraph/access'
import type { CreateCompanyInput } from '../__generated__/resolver-types.ts'
import { failureOf } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { isPlatformAdmin } from '../users/users.repository.ts'
import type { Company } from './companies.repository.ts'
import { readCompanyDraft, readConnectionId } from './company-draft.ts'
import { insertAtPlace, NO_CONNECTION, type Place, takePlace } from './company-place.ts'
import { companyProblems } from './company.ts'

interface CreatedCompany {
  readonly company: Company
  readonly userErrors: []
}

const FORBIDDEN = failure(notAllowed('Only an administrator of the platform can make a company.'))

/**
 * Makes a company: its folders first, its row only if that worked. When the row can't be made after all, media
 * sweeps the folders away.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when the folders could not be made
 */
export async function createCompany(
  deps: Pick<TenancyDeps, 'database' | 'jobs' | 'media' | 'logger'>,
  caller: Caller,
  input: CreateCompanyInput,
): Promise<CreatedCompany | Failure> {
  const actor = userActor(caller)
  if (caller.principal.kind !== 'user' || !caller.principal.isPlatformAdmin) return FORBIDDEN
  const draft = readCompanyDraft(input)
  const refused = failureOf(companyProblems(draft, new Date()))
  if (refused) return refused
  const connectionId = readConnectionId(input)
  if (connectionId === 'unknown') return NO_CONNECTION

  const place = await asAdmin(deps, actor, undefined, (tx) => takePlace(tx, draft, connectionId))
  if ('userErrors' in place) return place
  await makeFolders(deps, caller, place)
  try {
    return await asAdmin(deps, actor, place.companyId, async (tx) => {
      const company = await insertAtPlace(tx, actor.userId, draft, place)
      if ('userErrors' in company) return company
      await announce(deps, tx, company)
      return { company, userErrors: [] }
    })
  } catch (error) {
    if (isForeignKeyViolation(error, 'companies_storage_connection_id_fkey')) return NO_CONNECTION
    throw error
  }
}

async function makeFolders(
  { media, logger }: Pick<TenancyDeps, 'media' | 'logger'>,
  caller: Caller,
  place: Place,
): Promise<void> {
  try {
    await media.command('provisionCompany', place, caller)
  } catch (error) {
    logger.warn(
      { err: error, requestId: caller.requestId, ...place },
      'The folders of a company were not made',
    )
    throw serviceUnavailable()
  }
}

/** Runs a change as the platform, if the actor still looks after it when the change is made. */
function asAdmin<T>(
  { database }: Pick<TenancyDeps, 'database'>,
  actor: Extract<Actor, { kind: 'user' }>,
  companyId: number | undefined,
  change: (tx: WriteTx) => Promise<T>,
): Promise<T | Failure> {
  return database.write(platform(actor, companyId), async (tx) =>
    (await isPlatformAdmin(tx, actor.userId)) ? change(tx) : FORBIDDEN,
  )
}

async function announce({ jobs }: Pick<TenancyDeps, 'jobs'>, tx: WriteTx, company: Company): Promise<void> {
  const { id, name, slug } = company
  await jobs.send(tx, 'storage.register-company', { companyId: id })
  const changes = { name, slug }
  await appendAudit(tx, { action: 'company.create', entityType: 'Company', entityId: id, changes })
}
