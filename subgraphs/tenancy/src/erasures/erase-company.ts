import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, invalid, notFound } from '@arv/subgraph'
import { changePlatform, platformRefusal } from '@arv/subgraph/access'
import { type Company, lockCompany, saveCompany } from '../companies/companies.repository.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { beginErasure, type CompanyErasure, findErasure } from './company-erasures.repository.ts'

interface Begun {
  readonly erasure: CompanyErasure
  readonly userErrors: []
}

type Deps = Pick<TenancyDeps, 'database' | 'events' | 'jobs'>

const MISSING = failure(notFound('companyId', 'company'))

/** Takes a company out of use at once and for good, and has everything of it removed. A repeated call goes on with that. */
export async function eraseCompany(
  deps: Deps,
  caller: Caller,
  input: { readonly companyId: string; readonly confirmSlug: string },
): Promise<Begun | Failure> {
  const action = 'eraseCompany'
  const refused = platformRefusal(caller, action)
  if (refused) return refused
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return MISSING
  return changePlatform<Begun | Failure>(deps.database, caller, { action, companyId }, async (tx) => {
    const company = await lockCompany(tx, companyId)
    if (!company) return MISSING
    if (input.confirmSlug !== company.slug) {
      return failure(invalid('confirmSlug', 'This is not the slug of that company.'))
    }
    if (company.isDefault) {
      return failure(conflict('companyId', 'The platform’s own company can’t be erased.'))
    }
    if (company.erasedAt === null) await mark(deps, tx, company)
    await deps.jobs.send(tx, 'erasure.people', { companyId })
    const erasure = await findErasure(tx, companyId)
    if (!erasure) throw new Error('an erasure was not written down')
    return { erasure, userErrors: [] }
  })
}

async function mark({ events }: Deps, tx: WriteTx, company: Company): Promise<void> {
  const marked = await saveCompany(tx, company, { isActive: false, erasedAt: new Date() })
  await beginErasure(tx, company.slug)
  await appendAudit(tx, {
    action: 'company.erase',
    entityType: 'Company',
    entityId: company.id,
    entityVersion: marked.version,
  })
  const subject = { type: 'company', id: company.id } as const
  await events.append(tx, { type: 'company.validity', subject, payload: {} })
}
