import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { RequestContext } from '../request-context.ts'
import { rateLimitFields } from './rate-limit-fields.ts'
import { rateLimitRefusal } from './rate-limit-refusal.ts'
import type { RateLimits } from './rate-limits.ts'

/**
 * Charges queries and mutations, of HTTP and WebSocket, once it is known what they cost and before anything of them
 * runs. HTTP's answer says where the budget stands.
 */
export function chargeOperations(rateLimits: RateLimits): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue, response }) {
          const charge = await rateLimits.chargeOperation(contextValue.caller, contextValue.cost)
          for (const [name, value] of Object.entries(rateLimitFields(charge, 'points'))) {
            response.http.headers.set(name, value)
          }
          if (charge.allowed) return
          const { message, extensions } = rateLimitRefusal(charge)
          throw new GraphQLError(message, { extensions: { ...extensions, http: { status: 429 } } })
        },
      }
    },
  }
}
