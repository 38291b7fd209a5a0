import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Database, Tenant, WriteTx } from '@arv/database'
import type { Logger } from 'pino'
import type { StorageConnection } from '../storage-connections/storage-connections.repository.ts'
import type { Storages } from '../storages/storages.ts'
import {
  announceFiles,
  forgetFiles,
  lockUnsettled,
  settleFiles,
  type UnsettledFile,
} from './unsettled-files.repository.ts'

export interface StoreFilesDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

/** A file that is to be stored: where it goes, and its bytes or where on this machine they are. */
export interface FileToStore {
  readonly path: string
  readonly content: Buffer | string
}

/** Takes the files' names off the list of those without a row; to be called in the transaction that inserts their rows. */
export type Settle = (tx: WriteTx) => Promise<void>

export interface StoreFilesTarget {
  readonly tenant: Tenant
  readonly companyId: number
  readonly connection: StorageConnection
}

// A writer that is slower gives up long before a sweep takes its files for orphans.
const LIFETIME_SECONDS = 3600
const WRITE_DEADLINE_MS = 1_800_000

/**
 * Writes files into a storage and runs `commit`, whose transaction is to insert their rows and to call `settle`.
 * If it does not, or anything fails, the files are removed; if the process dies, a sweep removes them.
 *
 * @throws StorageError when the storage fails
 */
export async function storeFiles<T>(
  deps: StoreFilesDeps,
  { tenant, companyId, connection }: StoreFilesTarget,
  files: readonly FileToStore[],
  commit: (settle: Settle) => Promise<T>,
): Promise<T> {
  const driver = deps.storages.driverFor(connection)
  const announced = await deps.database.write(tenant, (tx) =>
    announceFiles(
      tx,
      files.map(({ path }) => ({ companyId, storageConnectionId: connection.id, path })),
      LIFETIME_SECONDS,
    ),
  )
  const ids = announced.map(({ id }) => id)
  let isSettled = false
  try {
    for (const { path, content } of files) {
      const source = typeof content === 'string' ? createReadStream(content) : Readable.from([content])
      await driver.write(path, source, { signal: AbortSignal.timeout(WRITE_DEADLINE_MS) })
    }
    let wasCalled = false
    const result = await commit(async (tx) => {
      await settleFiles(tx, ids)
      wasCalled = true
    })
    isSettled = wasCalled
    return result
  } finally {
    if (!isSettled) await discardFiles(deps, tenant, connection, ids)
  }
}

/**
 * Removes files that are without a row, and asks the database which are: a commit whose answer got lost may have
 * happened. What can't be done now is left to the sweep.
 */
export async function discardFiles(
  { database, storages, logger }: StoreFilesDeps,
  tenant: Tenant,
  connection: StorageConnection,
  ids: readonly string[],
): Promise<void> {
  try {
    const files = await database.write(tenant, (tx) => lockUnsettled(tx, ids))
    await removeFiles(storages, connection, files)
    await database.write(tenant, (tx) => forgetFiles(tx, ids))
  } catch (error) {
    logger.warn({ err: error, files: ids }, 'Files without a row are left to the sweep')
  }
}

/** @throws StorageError when the storage fails */
export async function removeFiles(
  storages: Storages,
  connection: StorageConnection,
  files: readonly UnsettledFile[],
): Promise<void> {
  if (files.length === 0) return
  const driver = storages.driverFor(connection)
  for (const { path } of files) await driver.remove(path)
}
