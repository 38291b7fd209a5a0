import { Kind, valueFromASTUntyped } from 'graphql'
import type {
  DocumentNode,
  FieldNode,
  GraphQLNamedType,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import type { Variables } from './check-variables.ts'
import type { ListSize } from './cost-directives.ts'
import type { CostModel, FieldCost } from './cost-model.ts'
import { plus, times } from './counting.ts'
import { inputCost } from './input-cost.ts'
import { fragmentsOf } from './measure-selections.ts'

interface Operation {
  /** Checked by `checkDocument`: fragments must not go in circles. */
  readonly document: DocumentNode
  readonly definition: OperationDefinitionNode
  readonly variables: Variables
}

/** The size that a field gives to fields within it. */
interface Sizing {
  readonly fields: readonly string[]
  readonly items: number
}

/**
 * What answering an operation may cost: the weight of each field, times the items of every list that it is in. Never
 * less than the answer turns out to be, as long as lists are no longer than the schema assumes: a field that is
 * selected twice counts twice, `@skip` and `@include` are not looked at, and every fragment on an abstract type counts.
 * Time is linear in the document times the number of lists in it, however fragments multiply.
 */
export function estimateCost({ document, definition, variables }: Operation, model: CostModel): number {
  const fragments = fragmentsOf(document)
  const known = new Map<string, number>()
  const given = withDefaults(definition, variables)

  function ofSet(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    sizing: Sizing | null,
  ): number {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return plus(sum, ofField(selection, type, sizing))
      if (selection.kind === Kind.FRAGMENT_SPREAD) return plus(sum, ofFragment(selection.name.value, sizing))
      const { typeCondition, selectionSet } = selection
      const within = typeCondition ? model.schema.getType(typeCondition.name.value) : type
      return plus(sum, ofSet(selectionSet, within, sizing))
    }, 0)
  }

  function ofFragment(name: string, sizing: Sizing | null): number {
    const key = sizing ? `${name} ${sizing.items} ${sizing.fields.join(' ')}` : name
    const before = known.get(key)
    if (before !== undefined) return before
    const fragment = fragments.get(name)
    const cost = fragment
      ? ofSet(fragment.selectionSet, model.schema.getType(fragment.typeCondition.name.value), sizing)
      : 0
    known.set(key, cost)
    return cost
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined, sizing: Sizing | null): number {
    const cost = parent && model.fieldCost(parent, node.name.value)
    // No such field: validation refuses it. Until then it counts as any other.
    if (!cost) return plus(1, node.selectionSet ? ofSet(node.selectionSet, undefined, null) : 0)
    const { listSize } = cost
    const ownItems = listSize && itemsOf(node, cost, listSize, given)
    const isSizer = listSize !== null && listSize.sizedFields.length > 0
    const passedOn = isSizer && ownItems !== null ? { fields: listSize.sizedFields, items: ownItems } : null
    const inherited = sizing?.fields.includes(node.name.value) ? sizing.items : null
    const items = inherited ?? (isSizer ? null : ownItems) ?? cost.items
    const within = node.selectionSet ? ofSet(node.selectionSet, cost.type, passedOn) : 0
    const input = model.hasInputCosts ? inputCost(cost, node.arguments ?? [], model.weights, given) : 0
    // An empty list is a field of the answer, too.
    return plus(input, Math.max(cost.weight, times(items, plus(cost.weight, within))))
  }

  const cost = ofSet(
    definition.selectionSet,
    model.schema.getRootType(definition.operation) ?? undefined,
    null,
  )
  return Math.ceil(cost)
}

/** How many items an operation asks for, or else how many the schema assumes; null when it doesn't. */
function itemsOf(
  node: FieldNode,
  { field }: FieldCost,
  listSize: ListSize,
  variables: Variables,
): number | null {
  const asked = listSize.slicingArguments.flatMap((name) => {
    const argument = node.arguments?.find((one) => one.name.value === name)
    const inSchema = field.args.find((one) => one.name === name)?.defaultValue
    const value = argument ? valueOf(argument, variables) : inSchema
    return typeof value === 'number' && value >= 0 ? [value] : []
  })
  return asked.length > 0 ? Math.max(...asked) : listSize.assumedSize
}

function valueOf({ value }: NonNullable<FieldNode['arguments']>[number], variables: Variables): unknown {
  if (value.kind === Kind.INT) return Number(value.value)
  return value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
}

function withDefaults(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
): Variables {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
  )
  return { ...Object.fromEntries(defaults), ...variables }
}
