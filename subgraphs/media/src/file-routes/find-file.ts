import { type Database, platform, type Tx } from '@arv/database'
import { findAssetByPublicId } from '../assets/assets.repository.ts'
import { findArchive } from '../company-exports/company-exports.repository.ts'
import { findPublicFiles } from '../public-files/public-files.repository.ts'
import {
  findConnection,
  type StorageConnection,
} from '../storage-connections/storage-connections.repository.ts'
import type { FileAddresses } from './file-addresses.ts'

export interface FoundFile {
  /** `public`: anybody may have it; `signed`: whoever has the address. */
  readonly access: 'public' | 'signed'
  readonly path: string
  readonly fileName: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly checksumSha256: string | null
  readonly connection: StorageConnection
}

export interface FileRequest {
  readonly publicId: string
  readonly fileName: string
  readonly expires: string
  readonly signature: string
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const READER = platform({ kind: 'nobody' })

/** Null for what is not there, not shown by anything live, and not signed, so that nobody can tell which. */
export async function findFile(
  { database, addresses }: { database: Database; addresses: FileAddresses },
  request: FileRequest,
  now: Date,
): Promise<FoundFile | null> {
  const { publicId, fileName } = request
  if (!UUID.test(publicId)) return null
  const isSigned = addresses.isSigned(publicId, request, now)
  const [shown] = isSigned ? [] : await findPublicFiles(database, [publicId])
  if (!isSigned && !shown) return null
  return database.read(READER, async (tx) => {
    const file = shown ?? (await findAssetByPublicId(tx, publicId)) ?? (await findExport(tx, publicId))
    if (!file || file.fileName !== fileName) return null
    const connection = await findConnection(tx, file.storageConnectionId)
    const { path, mimeType, sizeBytes, checksumSha256 } = file
    const access = isSigned ? 'signed' : 'public'
    return { access, path, fileName, mimeType, sizeBytes, checksumSha256, connection }
  })
}

/** The archive of an export, as a file; only ever under a signed address. */
async function findExport(tx: Tx, publicId: string) {
  const archive = await findArchive(tx, publicId)
  if (!archive || archive.sizeBytes === null) return null
  return { ...archive, mimeType: 'application/zip', sizeBytes: archive.sizeBytes }
}
