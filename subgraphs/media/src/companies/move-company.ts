import { type Database, platform } from '@arv/database'
import type { Caller } from '@arv/identity'
import { StorageError } from '@arv/storage'
import { badUserInput, forbidden, serviceUnavailable } from '@arv/subgraph'
import { userActor } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import { z } from 'zod'
import { findStorageConnections } from '../storage-connections/storage-connections.repository.ts'
import { listFolderPaths } from '../storage-folders/storage-folders.repository.ts'
import { lockQuota } from '../storage-quotas/storage-quotas.repository.ts'
import type { Storages } from '../storages/storages.ts'
import { hasFiles, saveStorageConnection } from './company-storage.repository.ts'

export interface MoveDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

const moveInput = z.strictObject({
  companyId: z.int().positive(),
  storageConnectionId: z.int().positive(),
})

/**
 * The internal command `moveCompany`: makes a company's folders in another storage, and may be repeated. Nothing moves:
 * a company with files, or with some on their way, stays where it is. A file that comes before the company's row names
 * the new storage still goes to the old one, and is found there: each file knows its own.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when the storage fails, BAD_USER_INPUT when there is no such storage
 */
export async function moveCompany(
  { database, storages, logger }: MoveDeps,
  input: unknown,
  caller: Caller,
): Promise<{ outcome: 'READY' | 'HAS_FILES' }> {
  const { companyId, storageConnectionId } = moveInput.parse(input)
  const actor = userActor(caller)
  if (caller.principal.kind !== 'user' || !caller.principal.isPlatformAdmin) throw forbidden()

  const tenant = platform(actor, companyId)
  const [[connection], folders, isTaken] = await database.read(tenant, (tx) =>
    Promise.all([
      findStorageConnections(tx, tenant, [storageConnectionId]),
      listFolderPaths(tx, companyId),
      hasFiles(tx, companyId),
    ]),
  )
  if (!connection?.isActive) throw badUserInput('There is no such storage.', { field: 'storageConnectionId' })
  if (isTaken) return { outcome: 'HAS_FILES' }
  try {
    const driver = storages.driverFor(connection)
    for (const folder of folders) await driver.makeFolder(folder)
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    logger.error({ err: error, companyId }, 'The folders of a company could not be made in another storage')
    throw serviceUnavailable()
  }
  return database.write(tenant, async (tx) => {
    await lockQuota(tx, companyId)
    if (await hasFiles(tx, companyId)) return { outcome: 'HAS_FILES' }
    await saveStorageConnection(tx, companyId, storageConnectionId)
    return { outcome: 'READY' }
  })
}
