import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import type { DocumentNode, GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql'
import { readCostDirectives } from './cost-directives.ts'
import type { CostDirectives, ListSize } from './cost-directives.ts'
import { introspectionSizes } from './introspection-sizes.ts'

/** What things cost of which the SDL doesn't say. */
export interface DefaultCosts {
  /** A field that answers an object, an interface or a union. The specification has 1. */
  readonly composite: number
  /** A field that answers a scalar or an enum. The specification has 0; with 1, cost counts every field of the answer. */
  readonly leaf: number
  /** A field of the type `Mutation`. */
  readonly mutation: number
  /** Items of a list that has no `@listSize`. */
  readonly listSize: number
}

/** What one field costs, apart from what is selected in it. */
export interface FieldCost {
  /** `Type.field`. */
  readonly coordinate: string
  readonly field: GraphQLField<unknown, unknown>
  /** The type in which its selections are fields. */
  readonly type: GraphQLNamedType
  readonly weight: number
  /** How many items it has when it is a list that doesn't say, and otherwise 1; an average in introspection. */
  readonly items: number
  readonly listSize: ListSize | null
}

/** What a schema's fields cost. */
export interface CostModel {
  readonly schema: GraphQLSchema
  readonly weights: CostDirectives['weights']
  /** Whether anything that is given to a field costs, too. */
  readonly hasInputCosts: boolean
  /** Undefined when there is no such field. */
  fieldCost(type: GraphQLNamedType, name: string): FieldCost | undefined
}

interface CostModelOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema
  /** Where `@cost` and `@listSize` are: the supergraph's SDL. An API schema has lost them. */
  readonly sdl: DocumentNode
  readonly defaults: DefaultCosts
}

/**
 * Takes the costs of all fields of a schema from `@cost` and `@listSize` (https://specs.apollo.dev/cost/v0.1, after
 * IBM's GraphQL Cost Directives).
 */
export function createCostModel({ schema, sdl, defaults }: CostModelOptions): CostModel {
  const { weights, listSizes } = readCostDirectives(sdl)
  const introspection = introspectionSizes(schema)
  const weigh = (coordinate: string, isMutation: boolean, returned: GraphQLNamedType): number =>
    weights.get(coordinate) ??
    (isMutation ? defaults.mutation : undefined) ??
    weights.get(returned.name) ??
    (isCompositeType(returned) ? defaults.composite : defaults.leaf)

  const costOf = (parent: string, field: GraphQLField<unknown, unknown>, isMutation = false): FieldCost => {
    const coordinate = `${parent}.${field.name}`
    const type = getNamedType(field.type)
    const isList = isListType(getNullableType(field.type)) && !parent.startsWith('__')
    return {
      coordinate,
      field,
      type,
      weight: weigh(coordinate, isMutation, type),
      items: introspection.get(coordinate) ?? (isList ? defaults.listSize : 1),
      listSize: listSizes.get(coordinate) ?? null,
    }
  }

  const fields = new Map<string, FieldCost>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const cost = costOf(type.name, field, type === schema.getMutationType())
      fields.set(cost.coordinate, cost)
    }
  }
  const metaFields = new Map(
    [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [
      field.name,
      costOf('', field),
    ]),
  )
  return {
    schema,
    weights,
    hasInputCosts: [...weights.keys()].some(
      (coordinate) => coordinate.includes('.') && !fields.has(coordinate),
    ),
    fieldCost: ({ name: parent }, name) => fields.get(`${parent}.${name}`) ?? metaFields.get(name),
  }
}
