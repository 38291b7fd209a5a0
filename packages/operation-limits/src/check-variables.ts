import { getNullableType, isInputObjectType, isInputType, isListType, typeFromAST } from 'graphql'
import type { GraphQLType, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { isOwnScalar, listTooLong } from './list-arguments.ts'
import type { LimitProblem, OperationLimits } from './limits.ts'

/** JSON values by name; files that are uploaded may be among them. */
export type Variables = Readonly<Record<string, unknown>>

/**
 * What is too much of an operation's variables. They need not fit their types.
 *
 * @param operation - undefined when the document has no such operation: its variables' types are then unknown.
 */
export function checkVariables(
  variables: Variables,
  operation: OperationDefinitionNode | undefined,
  schema: GraphQLSchema,
  limits: OperationLimits,
): LimitProblem | null {
  const types = typesOfVariables(operation, schema)
  for (const [name, value] of Object.entries(variables)) {
    const found = checkValue(value, types.get(name), { depth: 1, limits })
    if (found) return found
  }
  // Only now: what is nested too deeply would overflow the stack here.
  const size = JSON.stringify(variables).length
  if (size <= limits.variablesSize) return null
  return {
    code: 'VARIABLES_TOO_LARGE',
    message: `The variables take ${size} characters of JSON; the limit is ${limits.variablesSize}.`,
  }
}

function typesOfVariables(
  operation: OperationDefinitionNode | undefined,
  schema: GraphQLSchema,
): ReadonlyMap<string, GraphQLType> {
  return new Map(
    (operation?.variableDefinitions ?? []).flatMap(({ variable, type: node }) => {
      const type = typeFromAST(schema, node)
      return isInputType(type) ? [[variable.name.value, type]] : []
    }),
  )
}

interface Place {
  readonly depth: number
  readonly limits: OperationLimits
}

function checkValue(value: unknown, type: GraphQLType | undefined, place: Place): LimitProblem | null {
  if (typeof value !== 'object' || value === null) return null
  const { depth, limits } = place
  if (depth > limits.variablesDepth) {
    return {
      code: 'VARIABLES_TOO_DEEP',
      message: `The variables are nested more than ${limits.variablesDepth} deep.`,
    }
  }
  const nullable = getNullableType(type)
  // One item is as good as a list of it.
  if (isListType(nullable) && !Array.isArray(value)) return checkValue(value, nullable.ofType, place)
  const isScalarsOwn = isOwnScalar(nullable)
  if (Array.isArray(value) && value.length > limits.listItems && !isScalarsOwn) {
    return listTooLong(value.length, limits.listItems)
  }
  const within = { depth: depth + 1, limits }
  for (const [key, item] of Object.entries(value)) {
    const found = checkValue(item, isScalarsOwn ? type : typeWithin(nullable, key), within)
    if (found) return found
  }
  return null
}

function typeWithin(type: GraphQLType | undefined, key: string): GraphQLType | undefined {
  if (isListType(type)) return type.ofType
  return isInputObjectType(type) ? type.getFields()[key]?.type : undefined
}
