import { ApolloServer } from '@apollo/server'
import type { ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { Principal } from '@arv/identity'
import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { createAnswerFitting } from './answer-fitting.ts'
import { createErrorFormatting } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import type { Supergraph } from './supergraph.ts'

interface Deps {
  readonly supergraph: Supergraph
  readonly logger: Logger
  /** From whom the schema is kept, suggestions in errors included. */
  readonly hidesSchema: (principal: Principal) => boolean
  /** Measures operations. */
  readonly watch: ApolloServerPlugin<RequestContext>
}

/** Apollo Server over the supergraph; queries and mutations of HTTP and WebSocket both go through it. */
export function createApolloServer({
  supergraph,
  logger,
  hidesSchema,
  watch,
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
      plugin,
      refuseOperations,
      createAnswerFitting(hidesSchema),
      ApolloServerPluginLandingPageDisabled(),
    ],
  })
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
