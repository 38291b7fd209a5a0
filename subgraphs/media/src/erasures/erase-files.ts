import { companies, type Database, platform, type WriteTx } from '@arv/database'
import type { JobHandler, JobSender } from '@arv/jobs'
import { type ErasedTable, eraseRows, finishStep } from '@arv/leaving'
import { failExports } from '../company-exports/company-exports.repository.ts'
import type { Storages } from '../storages/storages.ts'
import { eraseUsage, findPlaces, forgetLateFiles, isQuiet } from './stored-files.repository.ts'

export interface EraseFilesDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly storages: Storages
}

/** Files before their thumbnails, which they refer to; and rows of exports once nobody writes any. */
const ERASED_TABLES: readonly ErasedTable[] = [
  { name: 'media.company_exports', key: ['id'] },
  { name: 'media.assets', key: ['id'], where: 'thumbnail_id is not null' },
  { name: 'media.assets', key: ['id'] },
  { name: 'media.storage_folders', key: ['id'] },
]
const AGAIN_AFTER_SECONDS = 10

/**
 * The job `erasure.files`: removes a company's folders with all that is in them, then what was written down of them, and
 * comes again while somebody still writes. The folders go first: only the rows say in which storages they are.
 *
 * @throws StorageError when a storage fails: the job runs again
 */
export function eraseFiles(deps: EraseFilesDeps): JobHandler<'erasure.files'> {
  const { database, jobs } = deps
  return async ({ companyId }, { signal }) => {
    const run = { companyId, step: 'FILES', signal } as const
    if (!(await eraseRows(database, run, []))) return
    const tenant = companies([companyId], { kind: 'job', name: 'erasure' })
    const again = () =>
      database.write(tenant, (tx) =>
        jobs.send(tx, 'erasure.files', { companyId }, { startAfterSeconds: AGAIN_AFTER_SECONDS }),
      )
    // Whoever writes one notices within a second or so, and leaves nothing.
    const ended = await database.write(tenant, (tx) => failExports(tx, companyId, null, 'INTERNAL'))
    if (ended.length > 0) return again()
    await database.write(tenant, (tx) => forgetLateFiles(tx, companyId))
    if (!(await database.read(tenant, (tx) => isQuiet(tx, companyId)))) return again()

    await removeFolders(deps, companyId)
    await eraseRows(database, run, ERASED_TABLES)
    // Nobody can announce a file without this row: from here on nothing comes any more.
    const isErased = await database.write(tenant, (tx) => eraseUsage(tx, companyId))
    if (!isErased) return again()
    const send = (tx: WriteTx) => jobs.send(tx, 'erasure.rest', { companyId })
    await finishStep(database, companyId, 'REST', send)
  }
}

async function removeFolders({ database, storages }: EraseFilesDeps, companyId: number): Promise<void> {
  // Also in a storage that the company has left, which only the platform sees.
  const tenant = platform({ kind: 'job', name: 'erasure' })
  for (const { storagePath, connection } of await database.read(tenant, (tx) => findPlaces(tx, companyId))) {
    await storages.driverFor(connection).removeFolder(storagePath)
  }
}
