import type { ApolloServerPlugin } from '@apollo/server'
import { fieldOfNode, fieldsOfVariables } from '@arv/subgraph'
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql'
import type { RequestContext } from './request-context.ts'

interface Refused {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode | undefined
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

/**
 * Gives errors about values the `extensions.field` that those of subgraphs have: what types every subgraph agrees
 * about, such as `Int` and enums, is refused here already.
 */
export function nameFields(errors: readonly GraphQLError[], refused: Refused): void {
  const { document, variables } = refused
  if (!document) return
  const unnamed = errors.filter(({ extensions }) => extensions['field'] === undefined)
  for (const { nodes, extensions } of unnamed.filter(hasCode('GRAPHQL_VALIDATION_FAILED'))) {
    const field = nodes?.[0] && fieldOfNode(document, nodes[0])
    if (field !== undefined) extensions['field'] = field
  }
  const inVariables = unnamed.filter(hasCode('BAD_USER_INPUT'))
  if (inVariables.length === 0) return
  const fields = fieldsOfVariables({ ...refused, document, variables: variables ?? {} })
  for (const { message, extensions } of inVariables) {
    const field = fields.get(message)
    if (field !== undefined) extensions['field'] = field
  }
}

const hasCode = (code: string) => (error: GraphQLError) => error.extensions['code'] === code

/** Names the fields of what Apollo Server and its gateway refuse. */
export const fieldNaming: ApolloServerPlugin<RequestContext> = {
  async requestDidStart({ schema }) {
    return {
      async didEncounterErrors({ errors, document, request }) {
        nameFields(errors, {
          schema,
          document,
          operationName: request.operationName,
          variables: request.variables,
        })
      },
    }
  },
}
