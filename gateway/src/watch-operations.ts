import type { ApolloServerPlugin } from '@apollo/server'
import type { Telemetry } from '@arv/telemetry'
import type { GraphQLFormattedError } from 'graphql'
import type { CountErrors } from './errors.ts'
import type { RequestContext } from './request-context.ts'

interface Deps {
  readonly telemetry: Telemetry
  readonly countErrors: CountErrors
  /** Names of operations, bounded: they are the client's to choose. */
  readonly nameOf: (name: string | null | undefined) => string
}

/** Measures queries and mutations, and counts what they are answered with. */
export function watchOperations({
  telemetry: { instruments },
  countErrors,
  nameOf,
}: Deps): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const began = performance.now()
      return {
        async willSendResponse({ operation, operationName, response: { body } }) {
          if (body.kind !== 'single') return
          const { data, errors = [] } = body.singleResult
          countErrors(errors)
          instruments.operation(
            (performance.now() - began) / 1000,
            // Only what is an operation of this schema gets a name: nonsense would use them up.
            operation ? nameOf(operationName) : 'invalid',
            operation?.operation ?? 'none',
            outcomeOf(data, errors),
          )
        },
      }
    },
  }
}

function outcomeOf(data: unknown, errors: readonly GraphQLFormattedError[]): 'ok' | 'partial' | 'failed' {
  if (errors.length === 0) return 'ok'
  return data === null || data === undefined ? 'failed' : 'partial'
}
