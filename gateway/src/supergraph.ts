import './disable-telemetry.ts'
import { ApolloGateway } from '@apollo/gateway'
import type { GraphQLDataSource } from '@apollo/gateway'
import type { Logger } from 'pino'
import type { OperationTraces } from './trace-operations.ts'

interface Deps {
  readonly supergraphSdl: string
  /** By subgraph name. */
  readonly dataSources: Readonly<Record<string, GraphQLDataSource>>
  /** Undefined while nobody traces. */
  readonly traces?: OperationTraces | undefined
  readonly logger: Logger
}

export interface Supergraph {
  readonly apollo: ApolloGateway
  /** Plans by another supergraph from now on. @throws when it is not a valid one; the old one stays. */
  replace(supergraphSdl: string): void
}

/** The Apollo gateway over our data sources. It loads its schema when the Apollo Server that it is given to starts. */
export function createSupergraph({ supergraphSdl, dataSources, traces, logger }: Deps): Supergraph {
  let update: (sdl: string) => void = () => {
    throw new Error('The supergraph can be replaced only after it was loaded.')
  }
  const apollo = new ApolloGateway({
    logger,
    // Plans name subgraphs and their fields.
    __exposeQueryPlanExperimental: false,
    ...(traces && {
      experimental_didResolveQueryPlan: ({ requestContext }) => traces.planned(requestContext),
    }),
    queryPlannerConfig: { exposeDocumentNodeInFetchNode: true },
    async supergraphSdl(hooks) {
      update = hooks.update
      return { supergraphSdl }
    },
    buildService({ name }) {
      const dataSource = dataSources[name]
      if (!dataSource)
        throw new Error(`The supergraph has a subgraph "${name}" that this gateway can't reach.`)
      return dataSource
    },
  })
  traces?.wrap(apollo)
  return { apollo, replace: (sdl) => update(sdl) }
}
