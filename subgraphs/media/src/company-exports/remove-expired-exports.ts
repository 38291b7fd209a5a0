import { platform } from '@arv/database'
import { findConnection } from '../storage-connections/storage-connections.repository.ts'
import type { AbandonDeps } from './abandon-export.ts'
import { findExpiredExports, markRemoved } from './company-exports.repository.ts'

/** Removes archives whose time is over; answers how many. */
export async function removeExpiredExports({ database, storages, logger }: AbandonDeps): Promise<number> {
  const sweeper = platform({ kind: 'job', name: 'storage.sweep' })
  let removed = 0
  for (const expired of await database.read(sweeper, findExpiredExports)) {
    try {
      const connection = await database.read(sweeper, (tx) => findConnection(tx, expired.storageConnectionId))
      await storages.driverFor(connection).remove(expired.path)
      await database.write(sweeper, (tx) => markRemoved(tx, expired))
      removed += 1
    } catch (error) {
      logger.warn({ err: error, exportId: expired.id }, 'the archive of an export could not be removed')
    }
  }
  return removed
}
