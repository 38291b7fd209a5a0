import type { ApolloGateway } from '@apollo/gateway'
import type { Telemetry } from '@arv/telemetry'

interface Deps {
  readonly tracing: Telemetry['tracing']
  readonly nameOf: (name: string | null | undefined) => string
}

export interface OperationTraces {
  /** For `ApolloGateway`'s `experimental_didResolveQueryPlan`: the plan is there, and fetching begins. */
  planned(requestContext: object): void
  /** Makes the gateway run each operation in a span, in which those of planning and of calls to subgraphs are. */
  wrap(apollo: ApolloGateway): void
}

/** A span for each query and mutation. It holds the operation's name and no document, for that may hold what people typed. */
export function traceOperations({ tracing, nameOf }: Deps): OperationTraces {
  const begun = new WeakMap<object, number>()
  return {
    planned(requestContext) {
      const startedAt = begun.get(requestContext)
      if (startedAt !== undefined) tracing.open('plan', { startedAt }).end()
    },
    wrap(apollo) {
      const { executor } = apollo
      apollo.executor = (requestContext) => {
        const type = requestContext.operation.operation
        const name = nameOf(requestContext.operationName)
        const attributes = { 'graphql.operation.type': type, 'graphql.operation.name': name }
        return tracing.span(`${type} ${name}`, { attributes }, async (span) => {
          begun.set(requestContext, performance.now())
          const result = await executor(requestContext)
          if (result.errors !== undefined && result.errors.length > 0) span.fail('GraphQLError')
          return result
        })
      }
    },
  }
}
