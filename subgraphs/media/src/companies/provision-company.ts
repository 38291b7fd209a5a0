import { type Database, platform } from '@arv/database'
import type { Caller } from '@arv/identity'
import { StorageError } from '@arv/storage'
import { badUserInput, forbidden, serviceUnavailable } from '@arv/subgraph'
import { userActor } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import { z } from 'zod'
import { findStorageConnections } from '../storage-connections/storage-connections.repository.ts'
import { folderPathOf, STANDARD_FOLDERS, storagePathOf } from '../storages/company-folders.ts'
import type { Storages } from '../storages/storages.ts'
import { insertStorageUsage } from './company-storage.repository.ts'

export interface ProvisionDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

const provisionInput = z.strictObject({
  companyId: z.int().positive(),
  slug: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .max(200),
  storageConnectionId: z.int().positive(),
})

/**
 * The internal command `provisionCompany`: makes the folders of a company that is about to be created, and may be
 * repeated. The row is written before the folders, so that a sweep finds whatever a broken-off creation left.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when the storage fails, BAD_USER_INPUT when there is no such storage
 */
export async function provisionCompany(
  { database, storages, logger }: ProvisionDeps,
  input: unknown,
  caller: Caller,
): Promise<{ storagePath: string }> {
  const { companyId, slug, storageConnectionId } = provisionInput.parse(input)
  const actor = userActor(caller)
  if (caller.principal.kind !== 'user' || !caller.principal.isPlatformAdmin) throw forbidden()

  const tenant = platform(actor, companyId)
  const [connection] = await database.read(tenant, (tx) =>
    findStorageConnections(tx, tenant, [storageConnectionId]),
  )
  if (!connection?.isActive) throw badUserInput('There is no such storage.', { field: 'storageConnectionId' })
  const storagePath = await database.write(tenant, (tx) =>
    insertStorageUsage(tx, { companyId, storageConnectionId, storagePath: storagePathOf(companyId, slug) }),
  )
  try {
    const driver = storages.driverFor(connection)
    for (const { folder } of STANDARD_FOLDERS) await driver.makeFolder(folderPathOf(storagePath, folder))
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    logger.error({ err: error, companyId }, 'The folders of a company could not be made')
    throw serviceUnavailable()
  }
  return { storagePath }
}
