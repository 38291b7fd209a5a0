import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, type PageArgs, toConnection } from '@arv/relay'
import { forbidden, requirePage } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import {
  countStorageConnections,
  listStorageConnections,
  type StorageConnection,
} from './storage-connections.repository.ts'

export type StorageConnectionConnection = Connection<StorageConnection>

const BY_ID = { key: 'ID', direction: 'asc', type: 'id' } as const

/** @throws GraphQLError FORBIDDEN for everybody but the platform's administrators */
export async function pageOfStorageConnections(
  database: Database,
  caller: Caller,
  args: PageArgs,
): Promise<StorageConnectionConnection> {
  const tenant = readingTenant(caller)
  if (tenant.scope !== 'platform')
    throw forbidden('Only the platform’s administrators may list its storages.')
  const page = requirePage(args, BY_ID)
  const rows = await database.read(tenant, (tx) => listStorageConnections(tx, page))
  return toConnection({
    page,
    rows,
    positionOf: ({ id }) => ({ sort: null, id }),
    nodeOf: (connection) => connection,
    totalCount: () => database.read(tenant, countStorageConnections),
  })
}
