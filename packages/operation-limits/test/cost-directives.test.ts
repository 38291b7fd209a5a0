import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { readCostDirectives } from '../src/cost-directives.ts'

function namedBy(schema: string, cost: string, listSize: string) {
  const { weights, listSizes } = readCostDirectives(
    parse(`${schema} type Query { a: [Int] @${cost}(weight: 4) @${listSize}(assumedSize: 9) }`),
  )
  return [weights.get('Query.a'), listSizes.get('Query.a')?.assumedSize]
}

describe('cost directives are read', () => {
  test.for([
    ['a document that links nothing', '', 'cost', 'listSize'],
    [
      'a supergraph',
      'schema @link(url: "https://specs.apollo.dev/join/v0.5") @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"]) { query: Query }',
      'cost',
      'listSize',
    ],
    [
      'a supergraph that imports them by other names',
      'schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@length" }]) { query: Query }',
      'price',
      'length',
    ],
    [
      'a supergraph that imports nothing',
      'schema @link(url: "https://specs.apollo.dev/cost/v0.1", as: "dear") { query: Query }',
      'dear',
      'dear__listSize',
    ],
    [
      'a subgraph',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost"])',
      'cost',
      'federation__listSize',
    ],
  ] as const)('from %s', ([, schema, cost, listSize]) => {
    expect(namedBy(schema, cost, listSize)).toEqual([4, 9])
  })

  test('of types, fields, arguments and inputs, extended or not', () => {
    const { weights } = readCostDirectives(
      parse(`
        type A @cost(weight: 1) { a(b: Int @cost(weight: 3)): Int @cost(weight: 2) }
        extend type A { c: Int @cost(weight: 4) }
        input I { a: Int @cost(weight: 5) }
        scalar S @cost(weight: 6)
        enum E @cost(weight: 7) { V }
      `),
    )
    expect(Object.fromEntries(weights)).toEqual({
      A: 1,
      'A.a': 2,
      'A.a(b:)': 3,
      'A.c': 4,
      'I.a': 5,
      S: 6,
      E: 7,
    })
  })

  test('with all that a list’s size says', () => {
    const { listSizes } = readCostDirectives(
      parse(`type A {
        a(first: Int, last: Int): B
          @listSize(assumedSize: 7, slicingArguments: ["first", "last"], sizedFields: "edges", requireOneSlicingArgument: false)
        b: [Int] @listSize
      }`),
    )
    expect(Object.fromEntries(listSizes)).toEqual({
      'A.a': { assumedSize: 7, slicingArguments: ['first', 'last'], sizedFields: ['edges'] },
      'A.b': { assumedSize: null, slicingArguments: [], sizedFields: [] },
    })
  })
})
