import { ApolloServer } from '@apollo/server'
import type { ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { Principal } from '@arv/identity'
import { GraphQLError, Kind } from 'graphql'
import type { OperationDefinitionNode } from 'graphql'
import type { Logger } from 'pino'
import { createAnswerFitting } from './answer-fitting.ts'
import { createErrorFormatting } from './errors.ts'
import { createCostExtension } from './operations/cost-extension.ts'
import { fieldNaming } from './refused-fields.ts'
import type { RequestContext } from './request-context.ts'
import type { Supergraph } from './supergraph.ts'

interface Deps {
  readonly supergraph: Supergraph
  readonly logger: Logger
  /** From whom the schema is kept, suggestions in errors included. */
  readonly hidesSchema: (principal: Principal) => boolean
  /** Measures operations. */
  readonly watch: ApolloServerPlugin<RequestContext>
  /** Refuses operations of those who have used up what they may. */
  readonly charge: ApolloServerPlugin<RequestContext>
  /** Called after each mutation, which may have changed what somebody may do from the next request on. */
  readonly forget: () => void
  /** Points that an operation may cost. */
  readonly maxCost: number
}

/** Apollo Server over the supergraph; queries and mutations of HTTP and WebSocket both go through it. */
export function createApolloServer({
  supergraph,
  logger,
  hidesSchema,
  watch,
  charge,
  forget,
  maxCost,
}: Deps): ApolloServer<RequestContext> {
  const { formatError, plugin } = createErrorFormatting(logger)
  return new ApolloServer<RequestContext>({
    gateway: supergraph.apollo,
    logger,
    // Who may not read the schema gets no operation of their own as far as this.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      watch,
      fieldNaming,
      plugin,
      { requestDidStart: async () => ({ willSendResponse: forgetAfterMutation(forget) }) },
      refuseOperations,
      charge,
      createAnswerFitting(hidesSchema),
      createCostExtension(maxCost),
      ApolloServerPluginLandingPageDisabled(),
    ],
  })
}

/** What visitors do all the time, and nobody's rights follow from. */
const VISITS = new Set(['startViewSession', 'reportViewSession'])

function forgetAfterMutation(forget: () => void) {
  return async ({ operation }: { readonly operation?: OperationDefinitionNode | undefined }) => {
    if (operation?.operation !== 'mutation') return
    const isVisit = operation.selectionSet.selections.every(
      (selection) => selection.kind === Kind.FIELD && VISITS.has(selection.name.value),
    )
    if (!isVisit) forget()
  }
}

/** What would reach the gateway's executor and throw there, though it is the client's mistake. */
const refuseOperations: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (!operation) {
          throw refusal(
            'OPERATION_RESOLUTION_FAILURE',
            'Name the one operation of the document that is to run.',
          )
        }
        if (operation.operation === 'subscription') {
          throw refusal(
            'BAD_REQUEST',
            'Subscriptions are served over WebSocket (graphql-transport-ws) at this address.',
          )
        }
      },
    }
  },
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
}
