import { type Connection, type PageArgs, toConnection } from '@arv/relay'
import { manyForEach, oneForEach, requirePage } from '@arv/subgraph'
import DataLoader from 'dataloader'
import type { Read } from '../context.ts'
import { countPortraits, listPortraits } from './portraits-page.repository.ts'
import { findPortraits, type Portrait } from './portraits.repository.ts'

export type PortraitConnection = Connection<Portrait>

export interface PortraitLoaders {
  readonly byId: DataLoader<number, Portrait | null>
  /**
   * A page of a company's portraits; those of other companies that are asked for at the same time come with it.
   *
   * @throws GraphQLError BAD_USER_INPUT that names the argument
   */
  page(companyId: number, args: PageArgs): Promise<PortraitConnection>
}

const NEWEST_FIRST = { key: 'CREATED_AT', direction: 'desc', type: 'timestamp' } as const

export function createPortraitLoaders(read: Read): PortraitLoaders {
  const pages = new Map<string, DataLoader<number, PortraitConnection>>()
  return {
    byId: new DataLoader(async (ids) => {
      const rows = await read((tx, visible) => findPortraits(tx, ids, visible))
      return oneForEach(ids, rows, ({ id }) => id)
    }),
    page: async (companyId, { first, after, last, before }) => {
      const args = { first, after, last, before }
      const name = JSON.stringify(args)
      const loader = pages.get(name) ?? createPageLoader(read, args)
      pages.set(name, loader)
      return loader.load(companyId)
    },
  }
}

function createPageLoader(read: Read, args: PageArgs) {
  const page = requirePage(args, NEWEST_FIRST)
  const counts = new DataLoader<number, number>(async (companyIds) => {
    const rows = await read((tx, visible) => countPortraits(tx, companyIds, visible))
    return oneForEach(companyIds, rows, ({ companyId }) => companyId).map((row) => row?.count ?? 0)
  })
  return new DataLoader<number, PortraitConnection>(async (companyIds) => {
    const rows = await read((tx, visible) => listPortraits(tx, page, { companyIds, visible }))
    return manyForEach(companyIds, rows, ({ portrait }) => portrait.companyId).map((ofCompany, index) =>
      toConnection({
        page,
        rows: ofCompany,
        positionOf: ({ sort, portrait }) => ({ sort, id: portrait.id }),
        nodeOf: ({ portrait }) => portrait,
        totalCount: async () => {
          const companyId = companyIds[index]
          return companyId === undefined ? 0 : counts.load(companyId)
        },
      }),
    )
  })
}
