import type { Database, Tx } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, toConnection } from '@arv/relay'
import { manyForEach, oneForEach } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import { type AssetListArgs, readAssetList } from './asset-list.ts'
import {
  type AssetListOwner,
  type AssetListQuery,
  type AssetRow,
  countAssets,
  listAssets,
} from './asset-lists.repository.ts'
import type { Asset } from './assets.repository.ts'

export type AssetConnection = Connection<Asset>

/** Pages of companies' and projects' files; the same list of many owners at a time is one query. */
export interface AssetLists {
  /** @throws GraphQLError BAD_USER_INPUT for arguments that are not acceptable */
  load(owner: AssetListOwner, ownerId: number, args: AssetListArgs): Promise<AssetConnection>
}

export function createAssetLists(database: Database, caller: Caller): AssetLists {
  const lists = new Map<string, DataLoader<number, AssetConnection>>()
  return {
    load: async (owner, ownerId, args) => {
      const name = JSON.stringify([owner, args])
      const list = lists.get(name) ?? createListLoader(database, caller, owner, args)
      lists.set(name, list)
      return list.load(ownerId)
    },
  }
}

function createListLoader(
  database: Database,
  caller: Caller,
  owner: AssetListOwner,
  args: AssetListArgs,
): DataLoader<number, AssetConnection> {
  const list = readAssetList(args)
  const tenant = readingTenant(caller)
  const ask = <Row>(ownerIds: readonly number[], find: (tx: Tx, query: AssetListQuery) => Promise<Row[]>) =>
    database.read(tenant, (tx) => find(tx, { ...list, owner, ownerIds, tenant }))
  const counts = new DataLoader<number, number>(async (ownerIds) => {
    const rows = await ask(ownerIds, countAssets)
    return oneForEach(ownerIds, rows, ({ ownerId }) => ownerId).map((row) => row?.count ?? 0)
  })
  const connectionOf = (ownerId: number, rows: readonly AssetRow[]) =>
    toConnection({
      page: list.page,
      rows,
      positionOf: ({ sort, asset }) => ({ sort, id: asset.id }),
      nodeOf: ({ asset }) => asset,
      totalCount: () => counts.load(ownerId),
    })
  return new DataLoader(async (ownerIds) => {
    const rows = await ask(ownerIds, listAssets)
    const pages = manyForEach(ownerIds, rows, ({ ownerId }) => ownerId)
    return ownerIds.map((ownerId, index) => connectionOf(ownerId, pages[index] ?? []))
  })
}
