import { type Database, platform } from '@arv/database'
import type { LocalDiskDriver } from '@arv/storage'
import type { Logger } from 'pino'
import { removeExpiredExports } from '../company-exports/remove-expired-exports.ts'
import { deleteStorageUsage, findOrphanStorages } from '../companies/company-storage.repository.ts'
import { findConnection } from '../storage-connections/storage-connections.repository.ts'
import {
  findExpiredReservations,
  lockQuota,
  removeReservation,
} from '../storage-quotas/storage-quotas.repository.ts'
import type { Storages } from '../storages/storages.ts'
import type { WorkFolders } from '../storages/work-folders.ts'
import { removeFiles } from '../stored-files/store-files.ts'
import { findOverdue, forgetFiles } from '../stored-files/unsettled-files.repository.ts'

export interface SweepDeps {
  readonly database: Database
  readonly storages: Storages
  readonly workFolders: WorkFolders
  readonly localDisk: Pick<LocalDiskDriver, 'sweepTemporary'>
  readonly logger: Logger
}

/** What a sweep found and removed. */
export interface Swept {
  readonly files: number
  readonly reservations: number
  readonly companies: number
  readonly exports: number
  readonly temporary: number
}

const SWEEPER = platform({ kind: 'job', name: 'storage.sweep' })
const HOUR_MS = 3_600_000

/**
 * The job `storage.sweep`: removes what processes that died left behind. It never guesses: files and folders were
 * written down before they were made (`unsettled_files`, `storage_usage`).
 */
export async function sweepStorage(deps: SweepDeps, signal: AbortSignal): Promise<Swept> {
  const before = new Date(Date.now() - HOUR_MS)
  const swept = {
    files: await sweepFiles(deps, signal),
    reservations: await sweepReservations(deps.database),
    companies: await sweepCompanies(deps),
    exports: await removeExpiredExports(deps),
    temporary: (await deps.workFolders.sweep(before)) + (await deps.localDisk.sweepTemporary(before)),
  }
  if (Object.values(swept).some((count) => count > 0)) deps.logger.info({ swept }, 'Swept the storages')
  return swept
}

async function sweepFiles({ database, storages, logger }: SweepDeps, signal: AbortSignal): Promise<number> {
  const overdue = await database.read(SWEEPER, findOverdue)
  const byConnection = Map.groupBy(overdue, ({ storageConnectionId }) => storageConnectionId)
  let removed = 0
  for (const [connectionId, files] of byConnection) {
    signal.throwIfAborted()
    try {
      const connection = await database.read(SWEEPER, (tx) => findConnection(tx, connectionId))
      await removeFiles(storages, connection, files)
      const ids = files.map(({ id }) => id)
      await database.write(SWEEPER, (tx) => forgetFiles(tx, ids))
      removed += files.length
    } catch (error) {
      // One storage that is down must not keep the others untidy.
      logger.warn({ err: error, connectionId }, 'Files without a row could not be removed')
    }
  }
  return removed
}

async function sweepReservations(database: Database): Promise<number> {
  const expired = await database.read(SWEEPER, findExpiredReservations)
  for (const { id, companyId } of expired) {
    await database.write(SWEEPER, async (tx) => {
      await lockQuota(tx, companyId)
      await removeReservation(tx, companyId, id)
    })
  }
  return expired.length
}

/** Companies whose folders were made and whose row never came. */
async function sweepCompanies({ database, storages, logger }: SweepDeps): Promise<number> {
  const orphans = await database.read(SWEEPER, findOrphanStorages)
  let removed = 0
  for (const { companyId, storagePath, connection } of orphans) {
    try {
      await storages.driverFor(connection).removeFolder(storagePath)
      await database.write(SWEEPER, (tx) => deleteStorageUsage(tx, companyId))
      removed += 1
    } catch (error) {
      logger.warn({ err: error, companyId }, 'The folders of a company that never came could not be removed')
    }
  }
  return removed
}
