import * as fc from 'fast-check'
import { buildSchema, getNamedType, isCompositeType, isObjectType, isInterfaceType } from 'graphql'
import type { GraphQLNamedType } from 'graphql'

/** For tests: a schema with lists of every kind, an interface and a union. */
export const SHOP_SDL = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(
    assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true
  ) on FIELD_DEFINITION

  type Query {
    shop: Shop
    owner: Person
    things: [Thing!]! @listSize(assumedSize: 2)
    anything: Anything
    shops(first: Int, last: Int): ShopConnection
      @listSize(assumedSize: 3, slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])
    newest(count: Int = 4): [Shop!]! @listSize(slicingArguments: ["count"])
  }
  type ShopConnection { edges: [ShopEdge!]! nodes: [Shop!]! totalCount: Int! }
  type ShopEdge { cursor: String! node: Shop! }
  interface Thing { id: ID! name: String! owner: Person }
  union Anything = Shop | Person
  type Shop implements Thing {
    id: ID!
    name: String!
    owner: Person
    tags: [String!]! @listSize(assumedSize: 3)
    staff: [Person!]! @listSize(assumedSize: 2)
    branches(first: Int, last: Int): ShopConnection
      @listSize(assumedSize: 3, slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"])
    twins: [Shop]
  }
  type Person implements Thing { id: ID! name: String! owner: Person }
`

export const SHOPS = buildSchema(SHOP_SDL)

/** Items of a list of which the schema doesn't say how many it has. */
export const UNSIZED = 2

interface RandomDocument {
  readonly text: string
  readonly variables: Readonly<Record<string, number | null>>
}

const FRAGMENT_TYPES = ['Query', 'Shop', 'ShopConnection', 'ShopEdge', 'Person', 'Thing', 'Anything']
const SIZES = ['0', '1', '2', '5', 'null', '$n', '$m']
const DEEPEST = 5

/** Takes one decision after another from a tape, and none once it has run out. */
function writer(tape: readonly number[]) {
  let at = 0
  const upTo = (most: number): number => (tape[at++] ?? 0) % (most + 1)
  const oneOf = <T>(items: readonly T[]): T | undefined => items[upTo(items.length - 1)]

  function argumentsFor(names: readonly string[]): string {
    const given = names.filter(() => upTo(1) === 1).map((name) => `${name}: ${oneOf(SIZES) ?? '1'}`)
    return given.length > 0 ? `(${given.join(', ')})` : ''
  }

  function fieldOf(type: GraphQLNamedType, depth: number, after: number): string {
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
    const possible = fields.filter((field) => depth < DEEPEST || !isCompositeType(getNamedType(field.type)))
    const field = oneOf(possible)
    if (!field || upTo(9) === 9) return '__typename'
    const alias = upTo(3) === 3 ? `alias${upTo(20)}: ` : ''
    const directive = upTo(7) === 7 ? ' @include(if: $yes)' : ''
    const head = `${alias}${field.name}${argumentsFor(field.args.map(({ name }) => name))}${directive}`
    const returned = getNamedType(field.type)
    return isCompositeType(returned) ? `${head} ${selectionsOf(returned, depth + 1, after)}` : head
  }

  /** @param after - fragments that may be spread: those after this one, so that they can't go in circles. */
  function selectionsOf(type: GraphQLNamedType, depth: number, after: number): string {
    const selections = Array.from({ length: 1 + upTo(3) }, () => {
      const kind = upTo(7)
      if (kind === 7 && depth < DEEPEST) return `... ${selectionsOf(type, depth + 1, after)}`
      if (kind === 6 && depth < DEEPEST) {
        const name = oneOf(['Shop', 'Person'])
        const within = SHOPS.getType(name ?? 'Shop')
        if (within && !isObjectType(type))
          return `... on ${within.name} ${selectionsOf(within, depth + 1, after)}`
      }
      const spreadable = FRAGMENT_TYPES.flatMap((name, i) =>
        i > after && name === type.name ? [`...F${i}`] : [],
      )
      return (kind >= 4 ? oneOf(spreadable) : undefined) ?? fieldOf(type, depth, after)
    })
    return `{ ${selections.join(' ')} }`
  }

  return selectionsOf
}

/** Documents over the schema above. Not all are valid: fields of one name may have different arguments. */
export const randomDocument: fc.Arbitrary<RandomDocument> = fc
  .record({
    tape: fc.array(fc.nat(1000), { maxLength: 150 }),
    n: fc.constantFrom(0, 1, 3, null),
    m: fc.constantFrom(undefined, 2, 4),
  })
  .map(({ tape, n, m }) => {
    const write = writer(tape)
    const operation = `query ($yes: Boolean! = true, $n: Int, $m: Int = 3) ${write(typeOf('Query'), 1, -1)}`
    const fragments = FRAGMENT_TYPES.map(
      (name, i) => `fragment F${i} on ${name} ${write(typeOf(name), 2, i)}`,
    )
    return { text: [operation, ...fragments].join('\n'), variables: { n, ...(m !== undefined && { m }) } }
  })

function typeOf(name: string): GraphQLNamedType {
  const type = SHOPS.getType(name)
  if (!type) throw new Error(`there is no type ${name}`)
  return type
}
