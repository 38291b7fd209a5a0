import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { readAsCaller } from '../read-as-caller.ts'
import { createGroupLoader, createRowLoader, type GroupLoader, type RowLoader } from '../row-loaders.ts'
import { type ApiKey, findApiKeys, findApiKeysOfCompanies } from './api-keys.repository.ts'

export interface ApiKeyLoaders {
  readonly apiKeys: RowLoader<ApiKey>
  readonly apiKeysOfCompany: GroupLoader<ApiKey>
}

export function createApiKeyLoaders(database: Database, caller: Caller): ApiKeyLoaders {
  return {
    apiKeys: createRowLoader((ids) =>
      readAsCaller(database, caller, (tx, tenant) => findApiKeys(tx, tenant, ids)),
    ),
    apiKeysOfCompany: createGroupLoader(
      (ids) => readAsCaller(database, caller, (tx, tenant) => findApiKeysOfCompanies(tx, tenant, ids)),
      (key) => key.companyId,
    ),
  }
}
