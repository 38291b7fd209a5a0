import { Kind, OperationTypeNode } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { DEEPEST_NESTING } from './limits.ts'
import type { LimitProblem, OperationLimits } from './limits.ts'
import { checkLists } from './list-arguments.ts'
import { EndlessFragmentsError, mostOf, selectionMeter } from './measure-selections.ts'
import type { Selections } from './measure-selections.ts'

/**
 * What is too much of a parsed document, whatever its variables are: of every operation and fragment in it, used or
 * not, because validation reads them all. The document need not be valid.
 */
export function checkDocument(
  document: DocumentNode,
  schema: GraphQLSchema,
  limits: OperationLimits,
): LimitProblem | null {
  return checkSelections(document, limits) ?? checkLists(document, schema, limits)
}

function checkSelections(document: DocumentNode, limits: OperationLimits): LimitProblem | null {
  const measure = selectionMeter(document)
  try {
    for (const definition of document.definitions) {
      if (!('selectionSet' in definition)) continue
      const selections = measure(definition.selectionSet)
      const isMutation =
        definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION
      const variables = definition.variableDefinitions ?? []
      const own = [definition, ...variables].reduce((sum, node) => sum + (node.directives?.length ?? 0), 0)
      const problem =
        exceeding(selections, own, limits) ?? (isMutation ? tooManyMutations(selections, limits) : null)
      if (problem) return problem
    }
    return null
  } catch (error) {
    if (error instanceof EndlessFragmentsError) return PROBLEMS[error.kind]
    throw error
  }
}

const PROBLEMS: Readonly<Record<EndlessFragmentsError['kind'], LimitProblem>> = {
  cycle: { code: 'FRAGMENT_CYCLE', message: 'A fragment of the document spreads itself.' },
  nesting: {
    code: 'OPERATION_TOO_DEEP',
    message: `The document nests fragments more than ${DEEPEST_NESTING} deep.`,
  },
}

function exceeding(selections: Selections, directives: number, limits: OperationLimits): LimitProblem | null {
  const breadth = Math.max(selections.breadth, selections.breadthBelow)
  const aliasesOfOneField = Math.max(mostOf(selections.aliasesByField), selections.aliasesOfOneFieldBelow)
  if (selections.depth > limits.depth) {
    return tooMuch('OPERATION_TOO_DEEP', `is ${selections.depth} levels deep`, limits.depth)
  }
  if (breadth > limits.breadth) {
    return tooMuch('OPERATION_TOO_BROAD', `selects ${breadth} fields side by side`, limits.breadth)
  }
  if (selections.fields > limits.fields) {
    return tooMuch('OPERATION_TOO_LARGE', `selects ${selections.fields} fields`, limits.fields)
  }
  if (selections.aliases > limits.aliases) {
    return tooMuch('TOO_MANY_ALIASES', `has ${selections.aliases} aliases`, limits.aliases)
  }
  if (aliasesOfOneField > limits.aliasesOfOneField) {
    const found = `has ${aliasesOfOneField} aliases of one field side by side`
    return tooMuch('TOO_MANY_ALIASES', found, limits.aliasesOfOneField)
  }
  const allDirectives = selections.directives + directives
  if (allDirectives > limits.directives) {
    return tooMuch('TOO_MANY_DIRECTIVES', `has ${allDirectives} directives`, limits.directives)
  }
  return null
}

function tooManyMutations({ breadth }: Selections, { mutations }: OperationLimits): LimitProblem | null {
  return breadth > mutations ? tooMuch('TOO_MANY_MUTATIONS', `makes ${breadth} changes`, mutations) : null
}

function tooMuch(code: LimitProblem['code'], found: string, limit: number): LimitProblem {
  return { code, message: `The operation ${found}; the limit is ${limit}.` }
}
