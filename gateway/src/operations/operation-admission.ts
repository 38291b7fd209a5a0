import { createCostModel, createOperationCheck } from '@arv/operation-limits'
import type { CheckOperation, LimitCode, OperationLimits, OperationRequest } from '@arv/operation-limits'
import { GraphQLError, parse } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { DEFAULT_COSTS } from './gateway-limits.ts'

type Admission =
  | {
      readonly kind: 'admitted'
      readonly document: DocumentNode
      /** What it may cost at most: `RequestContext.cost`. */
      readonly cost: number
    }
  /** With a code of the limits. */
  | { readonly kind: 'refused'; readonly error: GraphQLError }
  /** It is no GraphQL document; with the code `GRAPHQL_PARSE_FAILED`. */
  | { readonly kind: 'malformed'; readonly error: GraphQLError }

/** The one door for queries, mutations and subscriptions, of HTTP and WebSocket: nothing is done with what is refused. */
export type AdmitOperation = (request: OperationRequest) => Admission

export interface OperationAdmission {
  /** Takes up a schema; operations are admitted by it from now on. */
  readonly load: (apiSchema: GraphQLSchema, supergraphSdl: string) => void
  readonly admitOperation: AdmitOperation
}

export function createOperationAdmission(limits: OperationLimits): OperationAdmission {
  let check: CheckOperation | null = null
  return {
    load(schema, supergraphSdl) {
      const costs = createCostModel({ schema, sdl: parse(supergraphSdl), defaults: DEFAULT_COSTS })
      check = createOperationCheck({ costs, limits })
    },
    admitOperation(request) {
      if (check === null) throw new Error('No schema is loaded yet.')
      const verdict = check(request)
      switch (verdict.kind) {
        case 'fine':
          return { kind: 'admitted', document: verdict.document, cost: verdict.cost }
        case 'tooMuch': {
          const { problem, cost } = verdict
          return { kind: 'refused', error: refusal(problem.code, problem.message, cost, limits) }
        }
        case 'malformed': {
          const { message, source, positions } = verdict.error
          const extensions = { code: 'GRAPHQL_PARSE_FAILED' }
          return {
            kind: 'malformed',
            error: new GraphQLError(message, {
              source: source ?? null,
              positions: positions ?? null,
              extensions,
            }),
          }
        }
      }
    },
  }
}

function refusal(
  code: LimitCode,
  message: string,
  cost: number | null,
  limits: OperationLimits,
): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code, ...(cost !== null && { cost: { requested: cost, limit: limits.cost } }) },
  })
}
