import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { companies, type Database, type WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import type { JobSender } from '@arv/jobs'
import { fromGlobalId } from '@arv/relay'
import { isOutOfSpace, StorageError } from '@arv/storage'
import {
  failure,
  type Failure,
  limitReached,
  notFound,
  serviceUnavailable,
  type UploadedFile,
} from '@arv/subgraph'
import { actingUserId, actorOf, changeCompany } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import { type Asset, insertAsset, type NewAsset } from '../assets/assets.repository.ts'
import { safeFileName } from '../assets/file-name.ts'
import type { MediaLimits } from '../limits.ts'
import type { MediaObserver } from '../media-observer.ts'
import { Refusal } from '../refusal.ts'
import { createReservation } from '../storage-quotas/reservation.ts'
import { lockQuota, removeReservation } from '../storage-quotas/storage-quotas.repository.ts'
import { useStorage } from '../storage-quotas/use-storage.ts'
import type { Storages } from '../storages/storages.ts'
import type { WorkFolders } from '../storages/work-folders.ts'
import { storeFiles } from '../stored-files/store-files.ts'
import { type PreparedFile, type PreparedUpload, prepareFile } from './prepare-file.ts'
import { receiveFile, type UploadKind } from './receive-file.ts'
import { findUploadPlace, type PlaceInput, type UploadPlace } from './upload-place.ts'

export interface UploadDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly storages: Storages
  readonly workFolders: WorkFolders
  readonly limits: MediaLimits
  readonly observer: MediaObserver
  readonly logger: Logger
}

export interface UploadInput extends PlaceInput {
  readonly companyId: string
  readonly kind: UploadKind
  readonly file: UploadedFile
}

type Uploaded = { readonly asset: Asset; readonly userErrors: [] }

/** Everything about one upload that is known before its bytes come. */
interface Order {
  readonly caller: Caller
  readonly companyId: number
  readonly kind: UploadKind
  readonly place: UploadPlace
}

/** Per kind: the standard folder, the limit, and what its small picture is. Captions lie with the videos they are for. */
const KINDS = {
  IMAGE: { folder: 'images', limit: 'maxImageBytes', companion: 'THUMBNAIL' },
  VIDEO: { folder: 'videos', limit: 'maxVideoBytes', companion: 'POSTER' },
  CAPTIONS: { folder: 'videos', limit: 'maxCaptionsBytes', companion: null },
} as const

const STORAGE_FULL =
  'There is no room left where files are kept, so nothing of this file was. Whoever runs the platform has to make some.'
const MISSING_COMPANY = notFound('companyId', 'company')

/**
 * Receives, checks and keeps a file. Quota is reserved before bytes are taken, and turned into used bytes in the
 * transaction that inserts the rows. However it fails, it leaves no file, no row and no reservation.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when the storage fails
 */
export async function uploadAsset(
  deps: UploadDeps,
  caller: Caller,
  input: UploadInput,
): Promise<Uploaded | Failure> {
  actorOf(caller)
  const { kind } = input
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return failure(MISSING_COMPANY)
  try {
    const place = await changeCompany(
      deps.database,
      caller,
      { companyId, action: 'uploadAsset', missing: MISSING_COMPANY },
      (tx) => findUploadPlace(tx, companyId, input, KINDS[kind].folder),
    )
    if ('userErrors' in place) return place
    const order = { caller, companyId, kind, place }
    return await deps.workFolders.use((folder) => takeFile(deps, order, input.file, folder))
  } catch (error) {
    if (error instanceof Refusal) return failure(error.userError)
    const isFull = isOutOfSpace(error)
    if (!isFull && !(error instanceof StorageError)) throw error
    deps.logger.error({ err: error, companyId }, 'An upload could not be stored')
    if (isFull) return failure(limitReached('file', STORAGE_FULL))
    throw serviceUnavailable()
  }
}

async function takeFile(deps: UploadDeps, order: Order, file: UploadedFile, folder: string) {
  const { limits, logger } = deps
  const { caller, kind, companyId } = order
  const path = join(folder, 'original')
  const tenant = companies([companyId], actorOf(caller))
  const reservation = createReservation(deps, tenant, { companyId, field: 'file' })
  let isKept = false
  try {
    const received = await receiveFile(file, {
      kind,
      path,
      maxBytes: limits[KINDS[kind].limit],
      reserve: (bytes) => reservation.coverComing(bytes),
    })
    const onRejection = (rejection: object) => logger.info({ rejection, companyId }, 'An upload was refused')
    const prepared = await prepareFile(received, { kind, path, folder, limits, onRejection })
    await reservation.cover(prepared.main.sizeBytes + (prepared.companion?.sizeBytes ?? 0))
    const kept = await keep(deps, order, { prepared, name: received.name, reservationId: reservation.id })
    isKept = 'asset' in kept
    if (isKept) deps.observer.uploaded(kind, received.sizeBytes)
    return kept
  } finally {
    if (!isKept) {
      await reservation.release().catch((error: unknown) => {
        logger.warn({ err: error, companyId }, 'A reservation is left to the sweep')
      })
    }
  }
}

interface ReadyUpload {
  readonly prepared: PreparedUpload
  readonly name: string
  readonly reservationId: string
}

/** Stores the file, its small picture if it has one, and their rows; all or nothing. */
async function keep(
  deps: UploadDeps,
  { caller, companyId, kind, place }: Order,
  { prepared, name, reservationId }: ReadyUpload,
): Promise<Uploaded | Failure> {
  const rowOf = assetRows({ companyId, createdBy: actingUserId(caller), place, name })
  const main = { row: rowOf(kind, prepared.main), content: prepared.main.path }
  const companion = companionOf(kind, prepared, rowOf)
  const stored = companion === null ? [main] : [companion, main]
  const files = stored.map(({ row, content }) => ({ path: row.path, content }))
  const target = {
    tenant: companies([companyId], actorOf(caller)),
    companyId,
    connection: place.connection,
  }
  return storeFiles(deps, target, files, (settle) =>
    changeCompany(
      deps.database,
      caller,
      { companyId, action: 'uploadAsset', missing: MISSING_COMPANY },
      async (tx: WriteTx): Promise<Uploaded> => {
        await settle(tx)
        await lockQuota(tx, companyId)
        await removeReservation(tx, companyId, reservationId)
        const sizeBytes = stored.reduce((sum, { row }) => sum + row.sizeBytes, 0)
        await useStorage(tx, deps.jobs, companyId, sizeBytes)
        const thumbnail = companion === null ? null : await insertAsset(tx, companion.row)
        const asset = await insertAsset(tx, { ...main.row, thumbnailId: thumbnail?.id ?? null })
        const changes = { kind, fileName: asset.fileName, sizeBytes: asset.sizeBytes }
        await appendAudit(tx, { action: 'asset.upload', entityType: 'Asset', entityId: asset.id, changes })
        return { asset, userErrors: [] }
      },
    ),
  )
}

type RowOf = ReturnType<typeof assetRows>

function companionOf(kind: UploadKind, { companion }: PreparedUpload, rowOf: RowOf) {
  const companionKind = KINDS[kind].companion
  if (companionKind === null || companion === null) return null
  return { row: rowOf(companionKind, companion), content: companion.path }
}

function assetRows(upload: {
  companyId: number
  createdBy: number | null
  place: UploadPlace
  name: string
}) {
  const { companyId, createdBy, place, name } = upload
  return (kind: Asset['kind'], { path: _path, extension, ...file }: PreparedFile): NewAsset => {
    const publicId = randomUUID()
    return {
      companyId,
      projectId: place.projectId,
      folderId: place.folderId,
      publicId,
      kind,
      status: 'READY',
      storageConnectionId: place.connection.id,
      fileName: safeFileName(name, extension, kind.toLowerCase()),
      path: `${place.folderPath}/${publicId}.${extension}`,
      createdBy,
      ...file,
    }
  }
}
