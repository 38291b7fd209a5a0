import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type Connection, type Page, type PageArgs, toConnection } from '@arv/relay'
import { badUserInput, requirePage } from '@arv/subgraph'
import { readingTenant } from '@arv/subgraph/access'
import DataLoader from 'dataloader'
import type { ContentViews } from '../content-views/content-views.repository.ts'
import { countSessions, findSessionPages, type Period, type ViewSession } from './view-sessions.repository.ts'

export type ViewSessionConnection = Connection<ViewSession>

type ViewSessionPagesArgs = PageArgs & Period

/** The visits of contents; those of all contents that ask for the same page come in one statement. */
export interface ViewSessionPages {
  load(content: ContentViews, args: ViewSessionPagesArgs): Promise<ViewSessionConnection>
}

const LATEST_FIRST = { key: 'CREATED_AT', direction: 'desc', type: 'timestamp' } as const

export function createViewSessionPages(database: Database, caller: Caller): ViewSessionPages {
  const loaders = new Map<string, DataLoader<ContentViews, ViewSessionConnection, number>>()
  return {
    load: (content, args) => {
      if (args.from >= args.to) throw badUserInput('"to" must be after "from".', { field: 'to' })
      const page = requirePage(args, LATEST_FIRST)
      const key = JSON.stringify([args.from, args.to, page])
      const loader = loaders.get(key) ?? createPageLoader(database, caller, args, page)
      loaders.set(key, loader)
      return loader.load(content)
    },
  }
}

function createPageLoader(database: Database, caller: Caller, period: Period, page: Page) {
  const counts = new DataLoader<ContentViews, number, number>(
    async (contents) => {
      const counted = await database.read(readingTenant(caller), (tx) => countSessions(tx, contents, period))
      return contents.map(({ id }) => counted.get(id) ?? 0)
    },
    { cacheKeyFn: ({ id }) => id },
  )
  return new DataLoader<ContentViews, ViewSessionConnection, number>(
    async (contents) => {
      const rows = await database.read(readingTenant(caller), (tx) =>
        findSessionPages(tx, contents, period, page),
      )
      return contents.map((content) =>
        toConnection({
          page,
          rows: rows.get(content.id) ?? [],
          positionOf: ({ session, sort }) => ({ sort, id: session.id }),
          nodeOf: ({ session }) => session,
          totalCount: () => counts.load(content),
        }),
      )
    },
    { cacheKeyFn: ({ id }) => id },
  )
}
