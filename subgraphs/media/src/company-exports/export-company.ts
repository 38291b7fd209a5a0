import { randomUUID } from 'node:crypto'
import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, limitReached, notFound } from '@arv/subgraph'
import { actingUserId, actorOf, changeCompany } from '@arv/subgraph/access'
import { findCompanyStorage } from '../companies/company-storage.repository.ts'
import type { MediaServices } from '../context.ts'
import { type CompanyExport, countArchives, findSlug, insertExport } from './company-exports.repository.ts'

interface Begun {
  readonly companyExport: CompanyExport
  readonly userErrors: []
}

const GATHERERS = ['export.tenancy', 'export.content', 'export.media', 'export.analytics'] as const

/** Archives don't count in the quota, and each may be as large as it: who fetches none must not fill the storage. */
const MOST_ARCHIVES = 5

/** Has all subgraphs give their rows of a company; the last of them has the archive written. */
export async function exportCompany(
  { database, jobs }: Pick<MediaServices, 'database' | 'jobs'>,
  caller: Caller,
  input: { readonly companyId: string },
): Promise<Begun | Failure> {
  actorOf(caller)
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return failure(missing)
  const change = { companyId, action: 'exportCompany', missing, evenWhenInactive: true } as const
  return changeCompany<Begun | Failure>(database, caller, change, async (tx) => {
    if ((await countArchives(tx, companyId)) >= MOST_ARCHIVES) return TOO_MANY
    const companyExport = await insertExport(tx, {
      companyId,
      requestedBy: actingUserId(caller),
      ...(await placeOfArchive(tx, companyId)),
    })
    if (!companyExport) {
      return failure(conflict('companyId', 'An export of this company is being made already.'))
    }
    const exportId = companyExport.id
    await appendAudit(tx, { action: 'export.begin', entityType: 'CompanyExport', entityId: exportId })
    for (const queue of GATHERERS) await jobs.send(tx, queue, { companyId, exportId })
    return { companyExport, userErrors: [] }
  })
}

const TOO_MANY = failure(
  limitReached(
    'companyId',
    `${MOST_ARCHIVES} archives of this company are kept: use one of them, or wait until the oldest is removed.`,
  ),
)

async function placeOfArchive(tx: WriteTx, companyId: number) {
  const [storage, slug] = await Promise.all([findCompanyStorage(tx, companyId), findSlug(tx, companyId)])
  if (!storage || slug === null) throw new Error(`Company ${companyId} has no storage.`)
  const publicId = randomUUID()
  return {
    publicId,
    storageConnectionId: storage.connection.id,
    path: `${storage.storagePath}/exports/${publicId}.zip`,
    fileName: `${slug}-${new Date().toISOString().slice(0, 10)}.zip`,
  }
}
