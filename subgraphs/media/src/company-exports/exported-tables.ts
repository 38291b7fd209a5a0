import type { ExportedTable } from '@arv/leaving'

/** What an export holds of media. Where files lie in our storages, and with what credentials, means nothing elsewhere. */
export const EXPORTED_TABLES: readonly ExportedTable[] = [
  { name: 'media.assets', key: ['id'] },
  { name: 'media.storage_folders', key: ['id'] },
  { name: 'media.storage_usage', key: ['company_id'] },
]
