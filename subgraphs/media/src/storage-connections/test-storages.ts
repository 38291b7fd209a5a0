import { type Database, platform } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { listActiveConnections } from './storage-connections.repository.ts'
import { keepTest, testStorage } from './test-storage.ts'

interface Deps {
  readonly database: Database
  readonly jobs: JobSender
  readonly storages: Storages
  readonly logger: Logger
}

const TESTER = platform({ kind: 'job', name: 'storage.test' })

/** The job `storage.test`: tests every storage that files can be put in, one after the other. */
export async function testStorages(deps: Deps, signal: AbortSignal): Promise<void> {
  for (const connection of await deps.database.read(TESTER, listActiveConnections)) {
    if (signal.aborted) return
    const test = await testStorage(deps, connection)
    await deps.database.write(TESTER, (tx) => keepTest(tx, deps.jobs, connection, test))
  }
}
