import { companies, type Database, isForeignKeyViolation } from '@arv/database'
import type { JobPayload } from '@arv/jobs'
import type { Logger } from 'pino'
import type { Storages } from '../storages/storages.ts'
import { discardFiles } from '../stored-files/store-files.ts'
import { removeAsset } from './remove-asset.ts'

export interface DiscardDeps {
  readonly database: Database
  readonly storages: Storages
  readonly logger: Logger
}

/** The job `assets.discard`: removes files that lost what they were for; whatever else uses one keeps it. */
export async function discardAssets(
  deps: DiscardDeps,
  { companyId, assetIds }: JobPayload<'assets.discard'>,
  signal: AbortSignal,
): Promise<void> {
  const tenant = companies([companyId], { kind: 'job', name: 'assets.discard' })
  for (const id of assetIds) {
    signal.throwIfAborted()
    try {
      const removed = await deps.database.write(tenant, (tx) => removeAsset(tx, companyId, id))
      if (removed) await discardFiles(deps, tenant, removed.connection, removed.fileIds)
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error
      deps.logger.info({ companyId, assetId: id }, 'A file is kept, for something else uses it')
    }
  }
}
