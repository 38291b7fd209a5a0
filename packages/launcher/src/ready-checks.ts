import { checkSchema, type Database } from '@arv/database'
import type { Jobs } from '@arv/jobs'
import type { ReadyChecks, Subgraph, SubgraphName } from '@arv/subgraph'

/** What `/readyz` asks where everything is one process. */
export function readyChecksOf(
  subgraphs: Readonly<Record<SubgraphName, Subgraph>>,
  jobs: Readonly<Record<SubgraphName, Jobs>>,
  database: Database,
): ReadyChecks {
  return {
    ...Object.fromEntries(
      Object.values(subgraphs).map((subgraph) => [subgraph.name, () => subgraph.ready()] as const),
    ),
    database: () => database.ping(),
    migrations: () => checkSchema(database),
    workers: async () => {
      await Promise.all(Object.values(jobs).map((one) => one.ready()))
    },
  }
}
