import { companies, type Database, isForeignKeyViolation, type WriteTx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, notFound } from '@arv/subgraph'
import { changeCompany, readingTenant, actorOf } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { discardFiles } from '../stored-files/store-files.ts'
import { type AssetUse, usedMessage } from './asset-use.ts'
import { findUses } from './asset-uses.repository.ts'
import { findAssets, lockAsset } from './assets.repository.ts'
import { removeAsset } from './remove-asset.ts'

export interface DeleteAssetDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

type Deleted = { readonly deletedAssetId: string; readonly userErrors: [] }
type InUse = Failure & { readonly uses: AssetUse[] }

const MISSING = notFound('id', 'file')

/**
 * Removes an asset with its thumbnail or poster, unless something uses it. Whoever begins to use it at the same moment
 * comes before the lock and is told here, or after it and finds no such file; and foreign keys have the last word.
 */
export async function deleteAsset(
  deps: DeleteAssetDeps,
  caller: Caller,
  globalId: string,
): Promise<Deleted | InUse | Failure> {
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
      async (tx) =>
        (await refuseUsed(tx, companyId, id)) ?? (await removeAsset(tx, companyId, id)) ?? failure(MISSING),
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

/** Once the asset is locked nobody can begin to use it, so what uses it is seen. */
async function refuseUsed(tx: WriteTx, companyId: number, id: number): Promise<InUse | null> {
  const asset = await lockAsset(tx, companyId, id)
  const uses = asset ? await findUses(tx, [asset]) : []
  return uses.length === 0 ? null : { ...failure(conflict('id', usedMessage(uses))), uses }
}
