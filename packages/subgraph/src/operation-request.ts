import type { Caller } from '@arv/identity'
import type { GraphQLError } from 'graphql'
import { z } from 'zod'
import type { DocumentCache } from './documents.ts'
import { badUserInput } from './errors.ts'
import type { Operation } from './run-operation.ts'

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

export type OperationReading =
  | { readonly kind: 'ok'; readonly operation: Operation }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }

/** Checks what came over the wire as a GraphQL request: its shape, its syntax, and whether it fits the schema. */
export function readOperation(
  documents: DocumentCache,
  body: unknown,
  caller: Caller,
  commitWithinMs?: number,
): OperationReading {
  const request = requestSchema.safeParse(body)
  if (!request.success) {
    return {
      kind: 'refused',
      errors: [badUserInput('Send one GraphQL request: { "query", "variables", "operationName" }.')],
    }
  }
  const { query, variables, operationName } = request.data
  const parsed = documents.parse(query)
  if (parsed.kind === 'refused') return parsed
  return {
    kind: 'ok',
    operation: {
      document: parsed.document,
      variables: variables ?? {},
      operationName: operationName ?? undefined,
      caller,
      commitWithinMs,
    },
  }
}
