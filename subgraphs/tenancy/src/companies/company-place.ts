import type { WriteTx } from '@arv/database'
import { conflict, failure, type Failure, notFound } from '@arv/subgraph'
import { freeSlug, slugFrom, slugStem } from '../slugs/slug.ts'
import {
  type Company,
  findCompanySlugs,
  findUsableConnectionId,
  insertCompany,
  isCompanyNameTaken,
  takeCompanyId,
} from './companies.repository.ts'
import type { CompanyDraft } from './company-draft.ts'

/** What a company gets before it is there, so that its folders can bear its name. */
export interface Place {
  readonly companyId: number
  readonly slug: string
  readonly storageConnectionId: number
}

const ATTEMPTS = 5

export const NO_CONNECTION = failure(notFound('storageConnectionId', 'storage connection'))
export const NAME_TAKEN = failure(conflict('name', 'Another company is called the same.'))
export const SLUG_TAKEN = failure(conflict('slug', 'Another company has this slug.'))

/** Says no before any folder is made, and takes the id that the folders are named by. */
export async function takePlace(
  tx: WriteTx,
  draft: CompanyDraft,
  connectionId: number | null,
): Promise<Place | Failure> {
  const storageConnectionId = await findUsableConnectionId(tx, connectionId)
  if (storageConnectionId === undefined) {
    // Without a default one, the fault is the platform's and not the input's.
    if (connectionId === null) throw new Error('there is no default storage connection in use')
    return NO_CONNECTION
  }
  if (await isCompanyNameTaken(tx, draft.name)) return NAME_TAKEN
  const slug = await chooseSlug(tx, draft)
  if (slug === null) return SLUG_TAKEN
  return { companyId: await takeCompanyId(tx), slug, storageConnectionId }
}

/** Another company may have been called so, or have got the slug, while the folders were made. */
export async function insertAtPlace(
  tx: WriteTx,
  createdBy: number,
  draft: CompanyDraft,
  { companyId: id, storageConnectionId, ...place }: Place,
): Promise<Company | Failure> {
  let slug: string | null = place.slug
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const company = await insertCompany(tx, {
      ...draft,
      id,
      slug,
      storageConnectionId,
      createdBy,
    })
    if (company) return company
    if (await isCompanyNameTaken(tx, draft.name)) return NAME_TAKEN
    slug = await chooseSlug(tx, draft)
    if (slug === null) return SLUG_TAKEN
  }
  throw new Error(`no free slug was found in ${ATTEMPTS} attempts`)
}

/** The given slug or one that is made from the name; null when the given one is taken. */
async function chooseSlug(tx: WriteTx, { name, slug }: CompanyDraft): Promise<string | null> {
  const wanted = slug ?? slugFrom(name, 'company')
  const taken = await findCompanySlugs(tx, slugStem(wanted))
  if (slug !== null) return taken.has(slug) ? null : slug
  return freeSlug(wanted, taken)
}
