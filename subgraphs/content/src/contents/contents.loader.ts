import { type Connection, type Page, toConnection } from '@arv/relay'
import DataLoader from 'dataloader'
import { manyForEach, oneForEach } from '@arv/subgraph'
import type { Read } from '../context.ts'
import type { ContentFilter } from './content-list.ts'
import {
  type ContentListOwner,
  type ContentRow,
  countContents,
  listContents,
} from './contents-page.repository.ts'
import { type ArContent, findContents } from './contents.repository.ts'

export type ArContentConnection = Connection<ArContent>

/** Which page of which list, but for whose it is. */
interface ContentListRequest {
  readonly owner: ContentListOwner
  readonly page: Page
  readonly filter: ContentFilter
}

export interface ContentLoaders {
  readonly byId: DataLoader<number, ArContent | null>
  /** The page of one owner's list; those of other owners that are asked for at the same time come with it. */
  page(request: ContentListRequest, ownerId: number): Promise<ArContentConnection>
}

export function createContentLoaders(read: Read): ContentLoaders {
  const byId = new DataLoader<number, ArContent | null>(async (ids) => {
    const rows = await read((tx, visible) => findContents(tx, ids, visible))
    return oneForEach(ids, rows, ({ id }) => id)
  })
  const lists = new Map<string, ListLoaders>()
  return {
    byId,
    page: async (request, ownerId) => {
      const name = JSON.stringify(request)
      const list = lists.get(name) ?? createListLoaders(read, request)
      lists.set(name, list)
      const rows = await list.rows.load(ownerId)
      for (const { content } of rows) byId.prime(content.id, content)
      return toConnection({
        page: request.page,
        rows,
        positionOf: ({ sort, content }) => ({ sort, id: content.id }),
        nodeOf: ({ content }) => content,
        totalCount: () => list.count.load(ownerId),
      })
    },
  }
}

interface ListLoaders {
  readonly rows: DataLoader<number, ContentRow[]>
  readonly count: DataLoader<number, number>
}

function createListLoaders(read: Read, { owner, page, filter }: ContentListRequest): ListLoaders {
  return {
    rows: new DataLoader(async (ownerIds) => {
      const rows = await read((tx, visible) => listContents(tx, page, { owner, ownerIds, filter, visible }))
      return manyForEach(ownerIds, rows, ({ ownerId }) => ownerId)
    }),
    count: new DataLoader(async (ownerIds) => {
      const rows = await read((tx, visible) => countContents(tx, { owner, ownerIds, filter, visible }))
      return oneForEach(ownerIds, rows, ({ ownerId }) => ownerId).map((row) => row?.count ?? 0)
    }),
  }
}
