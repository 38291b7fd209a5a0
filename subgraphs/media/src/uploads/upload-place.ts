import type { Tx } from '@arv/database'
import { fromGlobalId } from '@arv/relay'
import { conflict, notFound } from '@arv/subgraph'
import { findCompanyStorage, findProjectFolder } from '../companies/company-storage.repository.ts'
import { Refusal } from '../refusal.ts'
import type { StorageConnection } from '../storage-connections/storage-connections.repository.ts'
import { findFolder, findFolderByPath } from '../storage-folders/storage-folders.repository.ts'
import { folderPathOf, type StandardFolder } from '../storages/company-folders.ts'

/** Where an upload is to be put, as its input says. */
export interface PlaceInput {
  readonly projectId?: string | null | undefined
  readonly folderId?: string | null | undefined
}

/** Where an upload goes. */
export interface UploadPlace {
  readonly connection: StorageConnection
  readonly projectId: number | null
  /** The folder's row; none for a folder within a project's. */
  readonly folderId: number | null
  readonly folderPath: string
}

/**
 * A folder that is named wins; otherwise a project's file goes into the project's folder, and any other into the
 * company's standard one.
 *
 * @throws Refusal when the company has no such project or folder, or its storage takes no files
 */
export async function findUploadPlace(
  tx: Tx,
  companyId: number,
  input: PlaceInput,
  standard: StandardFolder,
): Promise<UploadPlace> {
  const storage = await findCompanyStorage(tx, companyId)
  if (!storage?.connection.isActive)
    throw new Refusal(conflict(null, 'The storage of this company takes no files at the moment.'))
  const { connection, storagePath } = storage

  const project = await readProject(tx, companyId, input.projectId)
  const projectId = project?.id ?? null
  const named = await readFolder(tx, companyId, input.folderId)
  if (named) return { connection, projectId, folderId: named.id, folderPath: named.path }
  const folderPath = folderPathOf(storagePath, standard, project?.folder ?? null)
  const folder = await findFolderByPath(tx, companyId, folderPath)
  return { connection, projectId, folderId: folder?.id ?? null, folderPath }
}

async function readProject(tx: Tx, companyId: number, globalId: string | null | undefined) {
  if (globalId == null) return null
  const id = fromGlobalId('Project', globalId)
  const folder = id === null ? null : await findProjectFolder(tx, companyId, id)
  if (id === null || folder === null) throw new Refusal(notFound('projectId', 'project'))
  return { id, folder }
}

async function readFolder(tx: Tx, companyId: number, globalId: string | null | undefined) {
  if (globalId == null) return null
  const id = fromGlobalId('StorageFolder', globalId)
  const folder = id === null ? null : await findFolder(tx, companyId, id)
  if (folder === null) throw new Refusal(notFound('folderId', 'folder'))
  return folder
}
