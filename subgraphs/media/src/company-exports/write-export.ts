import { companies, type Database, platform, type Tenant } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { JobHandler } from '@arv/jobs'
import { readExportTables } from '@arv/leaving'
import { StorageError } from '@arv/storage'
import { findConnection } from '../storage-connections/storage-connections.repository.ts'
import { abandonExport, type AbandonDeps } from './abandon-export.ts'
import { fillArchive } from './archive-contents.ts'
import {
  claimExport,
  type CompanyExport,
  forgetGivenRows,
  sumFileBytes,
  updateWriting,
} from './company-exports.repository.ts'
import { createZipWriter } from './zip-writer.ts'

const READER = platform({ kind: 'job', name: 'export.write' })
const SUBGRAPHS = 4
const KEPT_DAYS = 7
const PROGRESS_EVERY_MS = 1_000

/** Somebody ended the export while it was written: its company is being erased. */
class ExportEndedError extends Error {
  override name = 'ExportEndedError'
}

/**
 * The job `export.write`: writes the archive once all subgraphs have given their rows. When its worker dies it begins
 * anew, in the same place; the archive is there as a whole or not at all.
 */
export function writeExport(deps: AbandonDeps): JobHandler<'export.write'> {
  const { database } = deps
  return async ({ companyId, exportId }, run) => {
    const tenant = companies([companyId], { kind: 'job', name: 'export.write' })
    const claimed = await database.write(tenant, async (tx) => {
      const { parts } = await readExportTables(tx, exportId)
      return parts.length < SUBGRAPHS ? null : claimExport(tx, { companyId, exportId, writer: run.id })
    })
    if (!claimed) return
    try {
      const written = await writeArchive(deps, tenant, claimed, run.signal)
      await complete(deps, tenant, claimed, written)
    } catch (error) {
      if (error instanceof ExportEndedError) return
      if (!(error instanceof StorageError) || !run.isLastAttempt) throw error
      deps.logger.error({ err: error, companyId, exportId }, 'an export could not be written')
      await abandonExport(deps, claimed, 'STORAGE_FAILED')
    }
  }
}

interface Archive {
  readonly sizeBytes: number
  readonly checksumSha256: string
}

async function writeArchive(
  deps: AbandonDeps,
  tenant: Tenant,
  wanted: CompanyExport,
  signal: AbortSignal,
): Promise<Archive> {
  const { database, storages } = deps
  const connection = await database.read(READER, (tx) => findConnection(tx, wanted.storageConnectionId))
  const zip = createZipWriter(await progressOf(database, tenant, wanted, signal))
  const [written, filled] = await Promise.allSettled([
    storages.driverFor(connection).write(wanted.path, zip.output, { signal }),
    fillArchive(deps, tenant, wanted, zip).then(
      () => zip.end(),
      (error: Error) => {
        zip.abort(error)
        throw error
      },
    ),
  ])
  // What failed first is in both; the storage says it as its own.
  if (written.status === 'rejected') throw written.reason
  if (filled.status === 'rejected') throw filled.reason
  return written.value
}

/** Writes down each second how far the archive is, and finds out whether it is still wanted. */
async function progressOf(
  database: Database,
  tenant: Tenant,
  wanted: CompanyExport,
  signal: AbortSignal,
): Promise<(bytes: number) => Promise<void>> {
  const total = await database.read(tenant, async (tx) => {
    const { tables } = await readExportTables(tx, wanted.id)
    const rowBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0)
    return rowBytes + (await sumFileBytes(tx, wanted.companyId))
  })
  let done = 0
  let savedAt = Date.now()
  return async (bytes) => {
    signal.throwIfAborted()
    done += bytes
    if (Date.now() - savedAt < PROGRESS_EVERY_MS) return
    savedAt = Date.now()
    const progress = Math.min(99, Math.floor((100 * done) / Math.max(1, total)))
    const isWanted = await database.write(tenant, (tx) => updateWriting(tx, wanted, { progress }))
    if (!isWanted) throw new ExportEndedError()
  }
}

async function complete(
  { database, storages }: AbandonDeps,
  tenant: Tenant,
  wanted: CompanyExport,
  archive: Archive,
): Promise<void> {
  const now = new Date()
  const expiresAt = new Date(now.getTime() + KEPT_DAYS * 86_400_000)
  const isWanted = await database.write(tenant, async (tx) => {
    const changes = { status: 'COMPLETED', progress: 100, ...archive, finishedAt: now, expiresAt } as const
    if (!(await updateWriting(tx, wanted, changes))) return false
    await forgetGivenRows(tx, wanted.companyId, wanted.id)
    await appendAudit(tx, {
      action: 'export.complete',
      entityType: 'CompanyExport',
      entityId: wanted.id,
      changes: { sizeBytes: archive.sizeBytes },
    })
    return true
  })
  if (isWanted) return
  const connection = await database.read(READER, (tx) => findConnection(tx, wanted.storageConnectionId))
  await storages.driverFor(connection).remove(wanted.path)
}
