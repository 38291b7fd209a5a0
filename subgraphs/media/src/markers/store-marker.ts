import { createHash, randomUUID } from 'node:crypto'
import type { Database, Tenant, WriteTx } from '@arv/database'
import type { JobSender, MarkerOutcome } from '@arv/jobs'
import type { CompiledMarker } from '@arv/marker-compiler'
import type { Logger } from 'pino'
import {
  type Asset,
  findMarker,
  insertMarker,
  type MarkerKey,
  type StoredMarker,
} from '../assets/assets.repository.ts'
import { completed } from './marker-outcomes.ts'
import { safeFileName } from '../assets/file-name.ts'
import { findCompanyStorage } from '../companies/company-storage.repository.ts'
import { findFolderByPath } from '../storage-folders/storage-folders.repository.ts'
import { lockQuota } from '../storage-quotas/storage-quotas.repository.ts'
import { useStorage } from '../storage-quotas/use-storage.ts'
import { folderPathOf } from '../storages/company-folders.ts'
import type { Storages } from '../storages/storages.ts'
import { storeFiles } from '../stored-files/store-files.ts'

export interface StoreMarkerDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly storages: Storages
  readonly logger: Logger
}

export interface MarkerRequest {
  readonly tenant: Tenant
  readonly image: Asset
  readonly key: MarkerKey
  readonly report: (tx: WriteTx, outcome: MarkerOutcome) => Promise<void>
}

/**
 * Keeps a compiled marker and reports it, in one transaction. Markers count as used bytes and are never refused for
 * want of quota: whoever could store the picture must not be left with one that can't be recognised. When another run
 * of the same request was faster, its marker is reported and this one is dropped.
 */
export async function storeMarker(
  deps: StoreMarkerDeps,
  { tenant, image, key, report }: MarkerRequest,
  { mind, rating, featureCount, width, height }: CompiledMarker,
): Promise<void> {
  const { companyId } = image
  const { connection, folderId, folderPath } = await findPlace(deps.database, tenant, companyId)
  const publicId = randomUUID()
  const path = `${folderPath}/${publicId}.mind`
  const asset = {
    companyId,
    projectId: image.projectId,
    folderId,
    publicId,
    status: 'READY' as const,
    storageConnectionId: connection.id,
    fileName: safeFileName(image.fileName, 'mind', 'marker'),
    path,
    mimeType: 'application/octet-stream',
    sizeBytes: mind.length,
    width,
    height,
    checksumSha256: createHash('sha256').update(mind).digest('hex'),
  }
  await storeFiles(deps, { tenant, companyId, connection }, [{ path, content: mind }], (settle) =>
    deps.database.write(tenant, async (tx) => {
      const inserted = await insertMarker(tx, asset, { ...key, rating, featureCount })
      if (inserted) {
        await settle(tx)
        await lockQuota(tx, companyId)
        await useStorage(tx, deps.jobs, companyId, mind.length)
      }
      const marker: StoredMarker | null = inserted
        ? { assetId: inserted.id, rating, featureCount }
        : await findMarker(tx, companyId, key)
      if (!marker) throw new Error('A marker was neither stored nor there.')
      await report(tx, completed(marker))
    }),
  )
}

async function findPlace(database: Database, tenant: Tenant, companyId: number) {
  return database.read(tenant, async (tx) => {
    const storage = await findCompanyStorage(tx, companyId)
    if (!storage) throw new Error(`Company ${companyId} has no storage.`)
    const folderPath = folderPathOf(storage.storagePath, 'markers')
    const folder = await findFolderByPath(tx, companyId, folderPath)
    return { connection: storage.connection, folderId: folder?.id ?? null, folderPath }
  })
}
