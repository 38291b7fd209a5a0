import type { ASTVisitor, FragmentDefinitionNode, SelectionNode, ValidationContext } from 'graphql'
import { GraphQLError, OperationTypeNode } from 'graphql'

/**
 * Validation rule: nothing at the root of a subscription may carry `@skip` or `@include`, also not by way of a
 * fragment. A subscription has exactly one root field, and whether it exists can't depend on a variable
 * (https://spec.graphql.org/draft/#sec-Single-root-field).
 *
 * It has to run, alone, before graphql-js's own rules: there the rule of the single root field evaluates such a
 * directive without variables and throws instead of reporting.
 */
export function noRootConditions(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return
      const visited = new Set<FragmentDefinitionNode>()
      const check = (selections: readonly SelectionNode[]): void => {
        for (const selection of selections) {
          reportConditions(context, selection)
          if (selection.kind === 'InlineFragment') check(selection.selectionSet.selections)
          if (selection.kind !== 'FragmentSpread') continue
          const fragment = context.getFragment(selection.name.value)
          if (!fragment || visited.has(fragment)) continue
          visited.add(fragment)
          check(fragment.selectionSet.selections)
        }
      }
      check(operation.selectionSet.selections)
    },
  }
}

function reportConditions(context: ValidationContext, selection: SelectionNode): void {
  for (const directive of selection.directives ?? []) {
    const name = directive.name.value
    if (name !== 'skip' && name !== 'include') continue
    const message = `The root field of a subscription can't be conditional: remove @${name}.`
    context.reportError(new GraphQLError(message, { nodes: directive }))
  }
}
