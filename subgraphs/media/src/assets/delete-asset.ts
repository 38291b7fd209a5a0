import { companies, type Database, isForeignKeyViolation, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, notFound } from '@arv/subgraph'
import { changeCompany, readingTenant, actorOf } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import { findConnection } from '../storage-connections/storage-connections.repository.ts'
import { addUsedBytes, lockQuota } from '../storage-quotas/storage-quotas.repository.ts'
import type { Storages } from '../storages/storages.ts'
import { discardFiles } from '../stored-files/store-files.ts'
import { announceFiles } from '../stored-files/unsettled-files.repository.ts'
import { deleteAssets, findAssets, lockAsset } from './assets.repository.ts'

export interface DeleteAssetDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

type Deleted = { readonly deletedAssetId: string; readonly userErrors: [] }

const MISSING = notFound('id', 'file')

/** Removes an asset with its thumbnail or poster; the foreign keys of whatever uses it refuse that. */
export async function deleteAsset(
  deps: DeleteAssetDeps,
  caller: Caller,
  globalId: string,
): Promise<Deleted | Failure> {
  const { database } = deps
  const tenant = readingTenant(caller)
  const id = fromGlobalId('Asset', globalId)
  const [found] = id === null ? [] : await database.read(tenant, (tx) => findAssets(tx, tenant, [id]))
  if (id === null || !found) return failure(MISSING)
  const { companyId } = found
  try {
    const removed = await changeCompany(
      database,
      caller,
      { companyId, action: 'deleteAsset', missing: MISSING },
      (tx) => deleteRows(tx, companyId, id),
    )
    if ('userErrors' in removed) return removed
    // The rows are gone for good; if the storage fails now, the sweep removes the files later.
    const own = companies([companyId], actorOf(caller))
    await discardFiles(deps, own, removed.connection, removed.fileIds)
    return { deletedAssetId: globalId, userErrors: [] }
  } catch (error) {
    if (isForeignKeyViolation(error)) return failure(conflict('id', 'The file is still in use.'))
    throw error
  }
}

/** Deletes the rows and names the files, so that they are removed even if this process dies. */
async function deleteRows(tx: WriteTx, companyId: number, id: number) {
  const asset = await lockAsset(tx, companyId, id)
  if (!asset) return failure(MISSING)
  const connection = await findConnection(tx, asset.storageConnectionId)
  const thumbnail = asset.thumbnailId === null ? null : await lockAsset(tx, companyId, asset.thumbnailId)
  const gone = thumbnail === null ? [asset] : [asset, thumbnail]
  const files = await announceFiles(
    tx,
    gone.map(({ path, storageConnectionId }) => ({ companyId, storageConnectionId, path })),
    0,
  )
  await lockQuota(tx, companyId)
  await addUsedBytes(tx, companyId, -gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  await deleteAssets(
    tx,
    companyId,
    gone.map((row) => row.id),
  )
  const changes = { kind: asset.kind, fileName: asset.fileName }
  await appendAudit(tx, { action: 'asset.delete', entityType: 'Asset', entityId: id, changes })
  return { connection, fileIds: files.map((file) => file.id) }
}
