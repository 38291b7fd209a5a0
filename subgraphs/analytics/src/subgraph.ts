import { buildSubgraphSchema } from '@apollo/subgraph'
import { type Database, platform } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import { exportPart } from '@arv/leaving'
import { loadTypeDefs, scalarResolvers, type Subgraph } from '@arv/subgraph'
import { contentViewsResolvers } from './content-views/content-views.resolvers.ts'
import { createAnalyticsContext } from './context.ts'
import { eraseViews } from './leaving/erase-views.ts'
import { EXPORTED_TABLES } from './leaving/exported-tables.ts'
import { videoPlaysResolvers } from './video-plays/video-plays.resolvers.ts'
import { viewSessionsResolvers } from './view-sessions/view-sessions.resolvers.ts'
import { makePartitions } from './view-sessions/visits.repository.ts'

interface AnalyticsDeps {
  /** With the viewer's login: visitors have no other way to leave something behind. */
  readonly database: Database
  readonly jobs: JobSender
}

/** View sessions: who opened which content, when, with what, and for how long. */
export function createAnalyticsSubgraph({ database, jobs }: AnalyticsDeps): Subgraph {
  const { Upload: _, ...scalars } = scalarResolvers
  const resolvers = {
    ...scalars,
    ...videoPlaysResolvers,
    ...viewSessionsResolvers,
    ArContent: { ...contentViewsResolvers.ArContent, ...viewSessionsResolvers.ArContent },
  }
  return {
    name: 'analytics',
    schema: buildSubgraphSchema([{ typeDefs: loadTypeDefs(import.meta.dirname), resolvers }]),
    createContext: (caller) => createAnalyticsContext(database, caller),
    commands: {},
    jobs: {
      'views.partitions': () =>
        database.write(platform({ kind: 'job', name: 'views.partitions' }), makePartitions),
      'export.analytics': (request, { signal }) =>
        exportPart({ database, jobs }, { ...request, part: 'analytics' }, EXPORTED_TABLES, signal),
      'erasure.views': eraseViews({ database, jobs }),
    },
    cron: { 'views.partitions': '23 2 * * *' },
    ready: () => database.ping(),
    close: () => Promise.resolve(),
  }
}
