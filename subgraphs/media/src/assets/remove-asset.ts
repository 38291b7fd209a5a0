import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import {
  findConnection,
  type StorageConnection,
} from '../storage-connections/storage-connections.repository.ts'
import { addUsedBytes, lockQuota } from '../storage-quotas/storage-quotas.repository.ts'
import { announceFiles } from '../stored-files/unsettled-files.repository.ts'
import { deleteAssets, lockAsset } from './assets.repository.ts'

/** Files whose rows are gone: to be removed once that is committed. */
export interface RemovedAsset {
  readonly connection: StorageConnection
  /** Of `media.unsettled_files`: should this process die, a sweep removes them. */
  readonly fileIds: readonly string[]
}

/**
 * Deletes an asset's row and that of its thumbnail or poster; null when there is none. The foreign key of whatever uses
 * it refuses that.
 */
export async function removeAsset(tx: WriteTx, companyId: number, id: number): Promise<RemovedAsset | null> {
  const asset = await lockAsset(tx, companyId, id)
  if (!asset) return null
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
