import { type Actor, isForeignKeyViolation, platform, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, notAllowed, notFound, serviceUnavailable } from '@arv/subgraph'
import { userActor } from '@arv/subgraph/access'
import type { CreateCompanyInput } from '../__generated__/resolver-types.ts'
import { failureOf, textOrNull } from '../inputs/field-rules.ts'
import { freeSlug, slugFrom, slugStem } from '../slugs/slug.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { isPlatformAdmin } from '../users/users.repository.ts'
import {
  type Company,
  findCompanySlugs,
  findUsableConnectionId,
  insertCompany,
  isCompanyNameTaken,
  takeCompanyId,
} from './companies.repository.ts'
import { companyProblems } from './company.ts'

interface CreatedCompany {
  readonly company: Company
  readonly userErrors: []
}

type User = Extract<Actor, { kind: 'user' }>

type Draft = ReturnType<typeof readDraft>

/** What a company gets before it is there, so that its folders can bear its name. */
interface Place {
  readonly companyId: number
  readonly slug: string
  readonly storageConnectionId: number
}

const FORBIDDEN = failure(notAllowed('Only an administrator of the platform can make a company.'))
const NO_CONNECTION = failure(notFound('storageConnectionId', 'storage connection'))
const ATTEMPTS = 5

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
  const { database } = deps
  const actor = userActor(caller)
  if (caller.principal.kind !== 'user' || !caller.principal.isPlatformAdmin) return FORBIDDEN
  const draft = readDraft(input)
  const refused = failureOf(companyProblems(draft, new Date()))
  if (refused) return refused
  const connectionId = readConnectionId(input)
  if (connectionId === 'unknown') return NO_CONNECTION

  const place = await database.write(platform(actor), (tx) => takePlace(tx, actor, draft, connectionId))
  if ('userErrors' in place) return place
  await makeFolders(deps, caller, place)
  try {
    return await database.write(platform(actor, place.companyId), (tx) =>
      addCompany(deps, tx, actor, draft, place),
    )
  } catch (error) {
    if (isForeignKeyViolation(error, 'companies_storage_connection_id_fkey')) return NO_CONNECTION
    throw error
  }
}

function readDraft(input: CreateCompanyInput) {
  return {
    name: input.name.trim(),
    slug: input.slug ?? null,
    contactEmail: input.contactEmail ?? null,
    contactPhone: textOrNull(input.contactPhone),
    telegramChatId: textOrNull(input.telegramChatId),
    timeZone: input.timeZone ?? undefined,
    subscriptionTier: input.subscriptionTier ?? undefined,
    subscriptionExpiresAt: input.subscriptionExpiresAt ?? null,
    storageQuotaGb: input.storageQuotaGb ?? null,
    projectsLimit: input.projectsLimit ?? null,
    notes: textOrNull(input.notes),
    metadata: input.metadata ?? undefined,
  }
}

/** Null for the default connection. */
function readConnectionId({ storageConnectionId }: CreateCompanyInput): number | null | 'unknown' {
  if (storageConnectionId == null) return null
  return fromGlobalId('StorageConnection', storageConnectionId) ?? 'unknown'
}

/** Says no before any folder is made, and takes the id that the folders are named by. */
async function takePlace(
  tx: WriteTx,
  actor: User,
  draft: Draft,
  connectionId: number | null,
): Promise<Place | Failure> {
  if (!(await isPlatformAdmin(tx, actor.userId))) return FORBIDDEN
  const storageConnectionId = await findUsableConnectionId(tx, connectionId)
  if (storageConnectionId === undefined) {
    // Without a default one, the fault is the platform's and not the input's.
    if (connectionId === null) throw new Error('there is no default storage connection in use')
    return NO_CONNECTION
  }
  if (await isCompanyNameTaken(tx, draft.name)) return nameTaken()
  const slug = await chooseSlug(tx, draft)
  if (slug === null) return slugTaken()
  return { companyId: await takeCompanyId(tx), slug, storageConnectionId }
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

async function addCompany(
  { jobs }: Pick<TenancyDeps, 'jobs'>,
  tx: WriteTx,
  actor: User,
  draft: Draft,
  place: Place,
): Promise<CreatedCompany | Failure> {
  if (!(await isPlatformAdmin(tx, actor.userId))) return FORBIDDEN
  const company = await insertAs(tx, actor, draft, place)
  if ('userErrors' in company) return company
  const { id, name, slug } = company
  await jobs.send(tx, 'storage.register-company', { companyId: id })
  await appendAudit(tx, {
    action: 'company.create',
    entityType: 'Company',
    entityId: id,
    changes: { name, slug },
  })
  return { company, userErrors: [] }
}

/** Another company may have been called so, or have got the slug, while the folders were made. */
async function insertAs(
  tx: WriteTx,
  actor: User,
  draft: Draft,
  { companyId: id, storageConnectionId, ...place }: Place,
): Promise<Company | Failure> {
  const { storageQuotaGb, projectsLimit, ...values } = draft
  let slug: string | null = place.slug
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const company = await insertCompany(tx, {
      ...values,
      storageQuotaGb: storageQuotaGb ?? undefined,
      projectsLimit: projectsLimit ?? undefined,
      id,
      slug,
      storageConnectionId,
      createdBy: actor.userId,
    })
    if (company) return company
    if (await isCompanyNameTaken(tx, draft.name)) return nameTaken()
    slug = await chooseSlug(tx, draft)
    if (slug === null) return slugTaken()
  }
  throw new Error(`no free slug was found in ${ATTEMPTS} attempts`)
}

/** The given slug or one that is made from the name; null when the given one is taken. */
async function chooseSlug(tx: WriteTx, { name, slug }: Draft): Promise<string | null> {
  const wanted = slug ?? slugFrom(name, 'company')
  const taken = await findCompanySlugs(tx, slugStem(wanted))
  if (slug !== null) return taken.has(slug) ? null : slug
  return freeSlug(wanted, taken)
}

const nameTaken = () => failure(conflict('name', 'Another company is called the same.'))
const slugTaken = () => failure(conflict('slug', 'Another company has this slug.'))
