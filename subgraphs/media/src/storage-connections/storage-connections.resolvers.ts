import { toGlobalId } from '@arv/relay'
import { readingTenant } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { MediaContext } from '../context.ts'
import { loadByGlobalId } from '../load-by-global-id.ts'
import { pageOfStorageConnections } from './connection-pages.ts'
import type { StorageConnection } from './storage-connections.repository.ts'
import { testStorageConnection } from './test-storage-connection.ts'

/** What only the platform's administrators see. */
function forAdmins<T>(valueOf: (connection: StorageConnection) => T) {
  return (connection: StorageConnection, _args: unknown, { caller: { principal } }: MediaContext): T | null =>
    principal.kind === 'user' && principal.isPlatformAdmin ? valueOf(connection) : null
}

export const storageConnectionsResolvers: Resolvers = {
  Query: {
    storageConnection: (_parent, { id }, { caller, storageConnections }) => {
      readingTenant(caller)
      return loadByGlobalId('StorageConnection', id, storageConnections)
    },
    storageConnections: (_parent, args, { caller, services }) =>
      pageOfStorageConnections(services.database, caller, args),
  },
  Mutation: {
    testStorageConnection: (_parent, { input }, { caller, services }) =>
      testStorageConnection(services, caller, input),
  },
  StorageConnection: {
    __resolveReference: ({ id }, { storageConnections }) =>
      loadByGlobalId('StorageConnection', id, storageConnections),
    id: ({ id }) => toGlobalId('StorageConnection', id),
    basePath: forAdmins(({ basePath }) => basePath),
    isDefault: forAdmins(({ isDefault }) => isDefault),
    isActive: forAdmins(({ isActive }) => isActive),
    lastTestedAt: forAdmins(({ lastTestedAt }) => lastTestedAt),
    testStatus: forAdmins(({ testStatus }) => testStatus),
    testError: forAdmins(({ testError }) => testError),
    metadata: forAdmins(({ metadata }) => metadata),
    version: forAdmins(({ version }) => version),
    createdAt: forAdmins(({ createdAt }) => createdAt),
    updatedAt: forAdmins(({ updatedAt }) => updatedAt),
    createdBy: forAdmins(({ createdBy }) =>
      createdBy === null ? null : { id: toGlobalId('User', createdBy) },
    ),
  },
}
