import { isInputObjectType, isListType, getNullableType, valueFromASTUntyped } from 'graphql'
import type { ArgumentNode, GraphQLInputType } from 'graphql'
import type { Variables } from './check-variables.ts'
import { plus } from './counting.ts'
import type { FieldCost } from './cost-model.ts'

/**
 * What the arguments of one field cost: the weights of those that are given, and of all that is given within them.
 * What has no `@cost` costs nothing.
 */
export function inputCost(
  { coordinate, field }: FieldCost,
  given: readonly ArgumentNode[],
  weights: ReadonlyMap<string, number>,
  variables: Variables,
): number {
  let sum = 0
  for (const { name, value: node } of given) {
    const value: unknown = valueFromASTUntyped(node, variables)
    if (value === undefined) continue
    const argument = field.args.find((one) => one.name === name.value)
    sum = plus(sum, weights.get(`${coordinate}(${name.value}:)`) ?? 0)
    if (argument) sum = plus(sum, valueCost(value, argument.type, weights))
  }
  return sum
}

function valueCost(value: unknown, type: GraphQLInputType, weights: ReadonlyMap<string, number>): number {
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    return items.reduce((sum: number, item) => plus(sum, valueCost(item, nullable.ofType, weights)), 0)
  }
  if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null) return 0
  const fields = nullable.getFields()
  return Object.entries(value).reduce((sum, [key, item]: [string, unknown]) => {
    const field = fields[key]
    if (!field) return sum
    const own = weights.get(`${nullable.name}.${key}`) ?? 0
    return plus(plus(sum, own), valueCost(item, field.type, weights))
  }, 0)
}
