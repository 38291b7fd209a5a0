import {
  getNullableType,
  isScalarType,
  isSpecifiedScalarType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { DocumentNode, GraphQLSchema, GraphQLType } from 'graphql'
import type { LimitProblem, OperationLimits } from './limits.ts'

/** Lists that are written into the document: in arguments, in inputs, and as defaults of variables. */
export function checkLists(
  document: DocumentNode,
  schema: GraphQLSchema,
  { listItems }: Pick<OperationLimits, 'listItems'>,
): LimitProblem | null {
  const types = new TypeInfo(schema)
  let longest = 0
  visit(
    document,
    visitWithTypeInfo(types, {
      ListValue({ values }) {
        if (isOwnScalar(types.getParentInputType())) return false
        longest = Math.max(longest, values.length)
        return undefined
      },
      ObjectValue() {
        return isOwnScalar(types.getInputType()) ? false : undefined
      },
    }),
  )
  return longest > listItems ? listTooLong(longest, listItems) : null
}

/** Whether the schema defines the scalar, so that whatever it holds is its own business: JSON, for example. */
export function isOwnScalar(type: GraphQLType | null | undefined): boolean {
  const nullable = getNullableType(type)
  return isScalarType(nullable) && !isSpecifiedScalarType(nullable)
}

export function listTooLong(items: number, limit: number): LimitProblem {
  return {
    code: 'LIST_ARGUMENT_TOO_LONG',
    message: `A list of the arguments has ${items} items; the limit is ${limit}.`,
  }
}
