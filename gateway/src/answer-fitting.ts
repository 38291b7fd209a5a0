import type { ApolloServerPlugin } from '@apollo/server'
import type { Principal } from '@arv/identity'
import type { GraphQLFormattedError } from 'graphql'
import { statusFor } from './graphql-answers.ts'
import type { RequestContext } from './request-context.ts'

const TOO_DEEP = 'Syntax Error: the document is nested too deeply.'

/** Fits Apollo Server's refusals to who is asking, and to the client that they ask with. */
export function createAnswerFitting(
  hidesSchema: (principal: Principal) => boolean,
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response, contextValue }) {
          const { body, http } = response
          if (body.kind !== 'single' || !body.singleResult.errors) return
          const hides = hidesSchema(contextValue.caller.principal)
          const errors = body.singleResult.errors.map((error) => ({
            ...error,
            message: hides ? withoutSuggestion(messageOf(error)) : messageOf(error),
          }))
          response.body = { ...body, singleResult: { ...body.singleResult, errors } }
          if (request.http && http.status) {
            http.status = statusFor(http.status, errors, request.http.headers.get('accept'))
          }
        },
      }
    },
  }
}

/** The parser's own words begin so; any others are those of an engine whose stack was too small. */
function messageOf({ message, extensions }: GraphQLFormattedError): string {
  const parsed = extensions?.['code'] !== 'GRAPHQL_PARSE_FAILED' || message.startsWith('Syntax Error')
  return parsed ? message : TOO_DEEP
}

/** "Did you mean …" is introspection by another door. */
export function withoutSuggestion(message: string): string {
  return message.replace(/\s*Did you mean .+\?$/s, '')
}
