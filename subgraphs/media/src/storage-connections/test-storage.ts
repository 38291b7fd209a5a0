import type { WriteTx } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import { StorageError } from '@arv/storage'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { findCompaniesUsing, saveTest, type StorageConnection } from './storage-connections.repository.ts'

/** What a test of a storage showed: nothing when it works, else what does not, in words for people. */
export interface StorageTest {
  readonly error: string | null
}

/** Writes, reads back and removes a file. Takes as long as the storage does: no transaction may be open. */
export async function testStorage(
  { storages, logger }: { readonly storages: Storages; readonly logger: Logger },
  connection: StorageConnection,
): Promise<StorageTest> {
  try {
    await storages.driverFor(connection).test()
    return { error: null }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    logger.warn({ err: error, storageConnectionId: connection.id }, 'A storage failed its test')
    return { error: error.message }
  }
}

/** Writes down what a test showed; of a failure the companies are told whose files lie there, once a day. */
export async function keepTest(
  tx: WriteTx,
  jobs: JobSender,
  { id }: StorageConnection,
  { error }: StorageTest,
): Promise<StorageConnection | undefined> {
  const tested = await saveTest(tx, id, error)
  if (!tested?.lastTestedAt || error === null) return tested
  const at = tested.lastTestedAt.toISOString()
  for (const companyId of await findCompaniesUsing(tx, id)) {
    const notice = { type: 'STORAGE_TEST_FAILED', companyId, storageConnectionId: id, at } as const
    await jobs.send(tx, 'notification.raise', notice)
  }
  return tested
}
