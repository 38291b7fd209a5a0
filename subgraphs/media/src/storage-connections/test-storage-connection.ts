import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import type { JobSender } from '@arv/jobs'
import { fromGlobalId } from '@arv/relay'
import { failure, type Failure, notFound } from '@arv/subgraph'
import { changePlatform, platformRefusal, readingTenant } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { findStorageConnections, type StorageConnection } from './storage-connections.repository.ts'
import { keepTest, testStorage } from './test-storage.ts'

interface Deps {
  readonly database: Database
  readonly jobs: JobSender
  readonly storages: Storages
  readonly logger: Logger
}

interface Tested {
  readonly storageConnection: StorageConnection
  readonly userErrors: []
}

/** Tests a storage now; that it fails is an answer, not an error. */
export async function testStorageConnection(
  deps: Deps,
  caller: Caller,
  input: { readonly id: string },
): Promise<Tested | Failure> {
  const action = 'testStorageConnection'
  const refused = platformRefusal(caller, action)
  if (refused) return refused
  const missing = failure(notFound('id', 'storage connection'))
  const id = fromGlobalId('StorageConnection', input.id)
  const tenant = readingTenant(caller)
  const [connection] =
    id === null ? [] : await deps.database.read(tenant, (tx) => findStorageConnections(tx, tenant, [id]))
  if (!connection) return missing
  const test = await testStorage(deps, connection)
  return changePlatform<Tested | Failure>(deps.database, caller, { action }, async (tx) => {
    const storageConnection = await keepTest(tx, deps.jobs, connection, test)
    return storageConnection ? { storageConnection, userErrors: [] } : missing
  })
}
