import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import { fromGlobalId } from '@arv/relay'
import { type Failure, failure, notFound } from '@arv/subgraph'
import { changeCompany } from '@arv/subgraph/access'
import { companyExists } from '../companies.repository.ts'
import type { ContentContext } from '../context.ts'
import { fileError } from '../files/file-error.ts'
import { findFile } from '../files/files.repository.ts'
import { unlessFileGoes } from '../files/unless-file-goes.ts'
import { findFolder, findStorageConnection, insertPortrait, type Portrait } from './portraits.repository.ts'

/** Global ids. */
export interface CreatePortrait {
  readonly companyId: string
  readonly imageId: string
  /** Null for the company's folder for portraits. */
  readonly folderId: string | null
}

export interface PortraitChanged {
  readonly portrait: Portrait
  readonly userErrors: []
}

/** Makes a portrait of an image, and has its marker compiled once the portrait is there. Visitors may see it at once. */
export async function createPortrait(
  context: ContentContext,
  input: CreatePortrait,
): Promise<PortraitChanged | Failure> {
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  const isThere = await context.read(
    async (tx, visible) => companyId !== null && companyExists(tx, companyId, visible),
  )
  if (companyId === null || !isThere) return failure(missing)
  const change = { companyId, action: 'createPortrait', missing } as const
  const created = changeCompany(context.database, context.caller, change, (tx) =>
    insert(tx, context, { ...input, companyId }),
  )
  return unlessFileGoes(created)
}

async function insert(
  tx: WriteTx,
  { jobs }: ContentContext,
  { companyId, ...input }: Omit<CreatePortrait, 'companyId'> & { readonly companyId: number },
): Promise<PortraitChanged | Failure> {
  const imageId = fromGlobalId('Asset', input.imageId)
  const image = imageId === null ? null : await findFile(tx, companyId, imageId)
  const chosen = input.folderId === null ? null : fromGlobalId('StorageFolder', input.folderId)
  const isUnknown = input.folderId !== null && chosen === null
  const storageFolderId = isUnknown ? null : await findFolder(tx, companyId, chosen)
  const [error, ...others] = [
    fileError(image, { kind: 'IMAGE', field: 'imageId' }),
    input.folderId !== null && storageFolderId === null ? notFound('folderId', 'folder') : null,
  ].filter((each) => each !== null)
  if (error) return failure(error, ...others)
  if (image === null) throw new Error('an image that passed its checks is there')

  const storageConnectionId = await findStorageConnection(tx, companyId)
  const portrait = await insertPortrait(tx, {
    companyId,
    imageId: image.id,
    storageConnectionId,
    storageFolderId,
  })
  const { id, markerGeneration: generation, version } = portrait
  const subject = { type: 'portrait', id } as const
  await jobs.send(tx, 'marker.compile', { companyId, subject, imageId: image.id, generation })
  await appendAudit(tx, {
    action: 'portrait.create',
    entityType: 'Portrait',
    entityId: id,
    changes: { imageId: image.id, storageConnectionId, storageFolderId },
    entityVersion: version,
  })
  return { portrait, userErrors: [] }
}
