import { Supergraph } from '@apollo/federation-internals'
import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { supergraphSdl } from '../contract.ts'

export type Field = GraphQLField<unknown, unknown>

export interface RootField {
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly field: Field
}

/** The schema that clients see, composed from the four subgraphs. */
export const schema: GraphQLSchema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()

export const roots: readonly RootField[] = [
  ...fieldsOf(schema.getQueryType()).map((field) => ({ kind: 'query', field }) as const),
  ...fieldsOf(schema.getMutationType()).map((field) => ({ kind: 'mutation', field }) as const),
  ...fieldsOf(schema.getSubscriptionType()).map((field) => ({ kind: 'subscription', field }) as const),
]

/** Every field that an answer may have: `ArContent.title`. */
export const coordinates: readonly string[] = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type))
  .filter((type) => !type.name.startsWith('__'))
  .flatMap((type) => fieldsOf(type).map(({ name }) => `${type.name}.${name}`))

/** Types without a name of their own worth a step: pages and their edges. */
export const isTransparent = (type: GraphQLCompositeType): boolean => /(?:Connection|Edge)$/.test(type.name)

export function fieldsOf(type: GraphQLCompositeType | undefined | null): Field[] {
  return type && 'getFields' in type ? Object.values(type.getFields()) : []
}

export const leavesOf = (type: GraphQLCompositeType): Field[] =>
  fieldsOf(type).filter((field) => isLeafType(getNamedType(field.type)))

type Branch = { readonly field: Field; readonly type: GraphQLCompositeType }

const knownBranches = new Map<GraphQLCompositeType, readonly Branch[]>()

/** Asked for at each step of each way. */
export function branchesOf(type: GraphQLCompositeType): readonly Branch[] {
  const known = knownBranches.get(type)
  if (known) return known
  const found = fieldsOf(type).flatMap((field) => {
    const named = getNamedType(field.type)
    return isCompositeType(named) ? [{ field, type: named }] : []
  })
  knownBranches.set(type, found)
  return found
}

export const isList = (field: Field): boolean =>
  isListType(isNonNullType(field.type) ? field.type.ofType : field.type)

/** The objects that something of this type may be. */
export const objectsOf = (type: GraphQLCompositeType): readonly GraphQLObjectType[] =>
  isObjectType(type) ? [type] : schema.getPossibleTypes(type)

/** The names of the fields that lead from a type to another, by one of the shortest ways; null when there is none. */
export function pathBetween(
  from: GraphQLCompositeType,
  to: string,
  pick: (most: number) => number,
): readonly string[] | null {
  const ways = [{ type: from, path: [] as string[] }]
  const seen = new Set([from.name])
  for (let way = ways.shift(); way; way = ways.shift()) {
    if (way.type.name === to) return way.path
    const branches = branchesOf(way.type)
    const start = pick(Math.max(branches.length - 1, 0))
    for (const { field, type } of [...branches.slice(start), ...branches.slice(0, start)]) {
      if (seen.has(type.name)) continue
      seen.add(type.name)
      ways.push({ type, path: [...way.path, field.name] })
    }
  }
  return null
}
