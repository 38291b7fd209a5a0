import { companies, type Database } from '@arv/database'
import { insertFolders } from '../storage-folders/storage-folders.repository.ts'
import { folderPathOf, STANDARD_FOLDERS } from '../storages/company-folders.ts'
import { findStorageUsage } from './company-storage.repository.ts'

/**
 * The job `storage.register-company`: writes down the folders of a company whose row exists now.
 *
 * @throws Error when nobody made them
 */
export async function registerCompany(database: Database, companyId: number): Promise<void> {
  const tenant = companies([companyId], { kind: 'job', name: 'storage.register-company' })
  await database.write(tenant, async (tx) => {
    const [usage] = await findStorageUsage(tx, tenant, [companyId])
    if (!usage) throw new Error(`Company ${companyId} has no storage to register.`)
    const rows = STANDARD_FOLDERS.map(({ type, name, folder }) => ({
      companyId,
      name,
      path: folderPathOf(usage.storagePath, folder),
      folderType: type,
    }))
    await insertFolders(tx, rows)
  })
}
