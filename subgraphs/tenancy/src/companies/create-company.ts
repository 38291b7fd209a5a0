import { isForeignKeyViolation, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { type Failure, serviceUnavailable } from '@arv/subgraph'
import { changePlatform, platformRefusal, userActor } from '@arv/subgraph/access'
import type { CreateCompanyInput } from '../__generated__/resolver-types.ts'
import { failureOf } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import type { Company } from './companies.repository.ts'
import { readCompanyDraft, readConnectionId } from './company-draft.ts'
import { insertAtPlace, NO_CONNECTION, type Place, takePlace } from './company-place.ts'
import { companyProblems } from './company.ts'

interface CreatedCompany {
  readonly company: Company
  readonly userErrors: []
}

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
  const forbidden = platformRefusal(caller, 'createCompany')
  if (forbidden) return forbidden
  const { userId } = userActor(caller)
  const draft = readCompanyDraft(input)
  const refused = failureOf(companyProblems(draft, new Date()))
  if (refused) return refused
  const connectionId = readConnectionId(input)
  if (connectionId === 'unknown') return NO_CONNECTION

  const { database } = deps
  const action = 'createCompany'
  const place = await changePlatform(database, caller, { action }, (tx) => takePlace(tx, draft, connectionId))
  if ('userErrors' in place) return place
  await makeFolders(deps, caller, place)
  try {
    const { companyId } = place
    return await changePlatform(database, caller, { action, companyId }, async (tx) => {
      const company = await insertAtPlace(tx, userId, draft, place)
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
    throw serviceUnavailable('NOT_DONE')
  }
}

async function announce({ jobs }: Pick<TenancyDeps, 'jobs'>, tx: WriteTx, company: Company): Promise<void> {
  const { id, name, slug, version: entityVersion } = company
  await jobs.send(tx, 'storage.register-company', { companyId: id })
  const changes = { name, slug }
  await appendAudit(tx, {
    action: 'company.create',
    entityType: 'Company',
    entityId: id,
    changes,
    entityVersion,
  })
}
