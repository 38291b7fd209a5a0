import * as fc from 'fast-check'
import {
  buildSchema,
  execute,
  getIntrospectionQuery,
  getOperationAST,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { DocumentNode } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Variables } from '../src/check-variables.ts'
import { createCostModel } from '../src/cost-model.ts'
import { estimateCost } from '../src/estimate-cost.ts'
import { randomDocument, SHOP_SDL, SHOPS, UNSIZED } from './random-document.ts'

const COUNTING = { composite: 1, leaf: 1, mutation: 10, listSize: UNSIZED }
const AS_SPECIFIED = { ...COUNTING, leaf: 0 }

function costIn(sdl: string, defaults = COUNTING) {
  const schema = buildSchema(sdl, { assumeValidSDL: true })
  const model = createCostModel({ schema, sdl: parse(sdl), defaults })
  return (text: string, variables: Variables = {}): number => {
    const document = parse(text)
    const definition = getOperationAST(document)
    if (!definition) throw new Error('there is no operation')
    return estimateCost({ document, definition, variables }, model)
  }
}

describe('the cost of an operation', () => {
  const cost = costIn(SHOP_SDL)

  test('counts every field of the answer', () => {
    expect(cost('{ shop { id name owner { name } } }')).toBe(5)
  })

  test('without leaves counts every object, as the specification does', () => {
    expect(costIn(SHOP_SDL, AS_SPECIFIED)('{ shop { id name owner { name } } }')).toBe(2)
  })

  test.for([
    ['the first', '{ shops(first: 10) { edges { cursor } } }', 1 + 10 * 2],
    ['the last', '{ shops(last: 7) { edges { cursor } } }', 1 + 7 * 2],
    ['the larger of both', '{ shops(first: 2, last: 7) { edges { cursor } } }', 1 + 7 * 2],
    ['as many as are assumed', '{ shops { edges { cursor } } }', 1 + 3 * 2],
    ['as many as are assumed for null', '{ shops(first: null) { edges { cursor } } }', 1 + 3 * 2],
    ['as many as are assumed for what is no size', '{ shops(first: -7) { edges { cursor } } }', 1 + 3 * 2],
    ['none of an empty page', '{ shops(first: 0) { edges { cursor } totalCount } }', 1 + 1 + 1],
    ['as many as the argument’s default says', '{ newest { id } }', 4 * 2],
    ['as many as a list is assumed to have', '{ shop { tags staff { id } } }', 1 + 3 + 2 * 2],
    ['as many as any list', '{ shop { twins { id } } }', 1 + UNSIZED * 2],
    [
      'each sized field’s own',
      '{ shops(first: 4) { edges { cursor } nodes { id } totalCount } }',
      1 + 8 + 8 + 1,
    ],
  ] as const)('counts the items of a list: %s', ([, text, expected]) => {
    expect(cost(text)).toBe(expected)
  })

  test.for([
    [{ n: 50 }, 1 + 50 * 2],
    [{}, 1 + 20 * 2],
    [{ n: null }, 1 + 3 * 2],
    [{ n: '50' }, 1 + 3 * 2],
  ] as const)('takes the size from the variables %j', ([variables, expected]) => {
    expect(cost('query ($n: Int = 20) { shops(first: $n) { edges { cursor } } }', variables)).toBe(expected)
  })

  test('multiplies the sizes of pages in pages', () => {
    const page = (within: string) => `branches(first: 100) { nodes { ${within} } }`
    expect(cost(`{ shop { ${page(page(page('id')))} } }`)).toBe(2_020_202)
  })

  test('gives a list’s size to its edges in a fragment, wherever that is spread', () => {
    const text = `{ shop { small: branches(first: 2) { ...E } large: branches(first: 9) { ... { ...E } } } }
      fragment E on ShopConnection { edges { cursor } }`
    expect(cost(text)).toBe(1 + (1 + 2 * 2) + (1 + 9 * 2))
  })

  test('counts all that fragments on an abstract type may bring', () => {
    expect(cost('{ things { id ... on Shop { name } ... on Person { owner { name } } } }')).toBe(2 * 5)
    expect(cost('{ anything { __typename ... on Shop { name } } }')).toBe(3)
  })

  test('is exact where fragments multiply, up to the largest exact number', () => {
    const doubling = (depth: number) =>
      Array.from({ length: depth }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(
        ' ',
      )
    expect(cost(`{ ...F0 } ${doubling(10)} fragment F10 on Query { __typename }`)).toBe(1024)
    expect(cost(`{ ...F0 } ${doubling(90)} fragment F90 on Query { __typename }`)).toBe(
      Number.MAX_SAFE_INTEGER,
    )
    expect(
      cost(
        `{ shops(first: 0) { nodes { twins { id } } ...F0 } } ${doubling(90)} fragment F90 on Query { a }`,
      ),
    ).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('counts what the schema doesn’t have as fields', () => {
    expect(cost('{ shop { nothing { at { all } } ...Nothing } }')).toBe(4)
  })

  test('counts introspection by the size of the schema', async () => {
    const types = Object.keys(SHOPS.getTypeMap()).length
    expect(cost('{ __schema { types { name } } __type(name: "Shop") { name } }')).toBe(1 + types * 2 + 2)
    const deeper =
      '{ __schema { types { name fields { name args { name } type { name fields { name } } } } } }'
    expect(cost(deeper)).toBeGreaterThanOrEqual(await fieldsAnswered(parse(deeper), {}))
    const asExplorers = getIntrospectionQuery()
    expect(cost(asExplorers)).toBeGreaterThanOrEqual(await fieldsAnswered(parse(asExplorers), {}))
  })

  test('is never less than the fields of the answer', async () => {
    await fc.assert(
      fc.asyncProperty(randomDocument, async ({ text, variables }) => {
        const document = parse(text)
        fc.pre(validate(SHOPS, document, RULES).length === 0)
        expect(cost(text, variables)).toBeGreaterThanOrEqual(await fieldsAnswered(document, variables))
      }),
      { numRuns: 500 },
    )
  })
})

describe('weights', () => {
  const cost = costIn(
    `${SHOP_SDL.split('type Query')[0]}
    scalar Dear @cost(weight: 7)
    enum Colour @cost(weight: 3) { RED }
    type Heavy @cost(weight: 5) { dear: Dear colour: Colour free: Heavy @cost(weight: 0) plain: Int }
    type Query { heavy: Heavy list: [Heavy!]! @listSize(assumedSize: 10) search(text: String @cost(weight: 50), by: By): Int }
    type Mutation { change: Heavy slow: Heavy @cost(weight: 200) }
    input By { text: String @cost(weight: 20), all: [By!], plain: Int }`,
  )

  test.for([
    ['of a type', '{ heavy { plain } }', 5 + 1],
    ['of a scalar and an enum', '{ heavy { dear colour } }', 5 + 7 + 3],
    ['of a field go before its type’s', '{ heavy { free { plain } } }', 5 + 0 + 1],
    ['of the items of a list', '{ list { plain } }', 10 * (5 + 1)],
    ['of an argument that is given', '{ search(text: "a") }', 50 + 1],
    ['of an argument that is not', '{ search }', 1],
    [
      'of an input’s fields',
      '{ search(by: { text: "a", all: [{ text: "b" }, { plain: 1 }] }) }',
      20 + 20 + 1,
    ],
    ['of a mutation', 'mutation { change { plain } }', 10 + 1],
    ['of a mutation that says its own', 'mutation { slow { plain } }', 200 + 1],
  ] as const)('%s count', ([, text, expected]) => {
    expect(cost(text)).toBe(expected)
  })

  test('of an input’s fields count in variables, too', () => {
    const text = 'query ($by: By) { search(by: $by) }'
    expect(cost(text, { by: { text: 'a', all: { text: 'b' } } })).toBe(20 + 20 + 1)
    expect(cost(text)).toBe(1)
  })
})

/** Leaves what costs nothing in peace. */
const RULES = specifiedRules.filter(
  (rule) => rule !== NoUnusedFragmentsRule && rule !== NoUnusedVariablesRule,
)

/** Answers the operation with lists as long as the schema assumes or the operation asks, and counts. */
async function fieldsAnswered(document: DocumentNode, variables: Variables): Promise<number> {
  const { data, errors } = await execute({
    schema: SHOPS,
    document,
    variableValues: variables,
    rootValue: {},
    typeResolver: () => 'Shop',
    fieldResolver: (
      source: { readonly size?: number },
      args: Readonly<Record<string, number | null>>,
      _context,
      info,
    ) => {
      const given = [args['first'], args['last'], args['count']].filter((size) => typeof size === 'number')
      const items = (size: number) => Array.from({ length: size }, () => ({}))
      switch (info.fieldName) {
        case 'shops':
        case 'branches':
          return { size: given.length > 0 ? Math.max(...given) : 3 }
        case 'edges':
        case 'nodes':
          return items(source.size ?? 0)
        case 'newest':
          return items(given[0] ?? 0)
        case 'things':
        case 'staff':
        case 'twins':
          return items(2)
        case 'tags':
          return ['a', 'b', 'c']
        case 'shop':
        case 'node':
        case 'owner':
        case 'anything':
          return {}
        default:
          return '1'
      }
    },
  })
  // Null where a size was null that may not be.
  expect(errors ?? []).toEqual([])
  return fieldsIn(data)
}

function fieldsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const within = Object.values(value).reduce((sum: number, item) => sum + fieldsIn(item), 0)
  return Array.isArray(value) ? within : Object.keys(value).length + within
}
