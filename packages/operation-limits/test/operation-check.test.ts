import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { createCostModel } from '../src/cost-model.ts'
import type { OperationLimits } from '../src/limits.ts'
import { createOperationCheck } from '../src/operation-check.ts'
import type { OperationRequest } from '../src/operation-check.ts'

const SDL = `
  scalar JSON
  scalar Upload
  type Query {
    shop(id: ID, ids: [ID!], at: [[Int!]!], filter: Filter, notes: JSON): Shop
    shops(first: Int): [Shop!]! @listSize(assumedSize: 20, slicingArguments: ["first"])
  }
  type Shop { id: ID! name: String! owner: Shop }
  type Mutation { signIn(name: String): Shop }
  type Subscription { opened: Shop! }
  input Filter { tags: [String!], all: [Filter!], notes: JSON }
`
const LIMITS: OperationLimits = {
  tokens: 200,
  depth: 5,
  breadth: 6,
  fields: 12,
  aliases: 4,
  aliasesOfOneField: 3,
  mutations: 2,
  directives: 3,
  listItems: 3,
  variablesSize: 60,
  variablesDepth: 4,
  cost: 100,
}

function checked(request: OperationRequest, limits: Partial<OperationLimits> = {}) {
  const schema = buildSchema(SDL, { assumeValidSDL: true })
  const costs = createCostModel({
    schema,
    sdl: parse(SDL),
    defaults: { composite: 1, leaf: 1, mutation: 10, listSize: 20 },
  })
  return createOperationCheck({ costs, limits: { ...LIMITS, ...limits } })(request)
}

/** `fine`, or the problem's code and message. */
function verdictOn(
  query: string,
  variables?: OperationRequest['variables'],
  limits?: Partial<OperationLimits>,
) {
  const verdict = checked({ query, variables }, limits)
  return verdict.kind === 'tooMuch' ? [verdict.problem.code, verdict.problem.message] : verdict.kind
}

describe('an operation within the limits', () => {
  test('is fine, and says what it costs', () => {
    expect(checked({ query: '{ shops(first: 5) { id name } }' })).toMatchObject({ kind: 'fine', cost: 15 })
  })

  test('may come as one of several, whose name is given', () => {
    const query = 'query A { shop { id } } query B { shops { id } }'
    expect(checked({ query, operationName: 'A' })).toMatchObject({ kind: 'fine', cost: 2 })
    expect(checked({ query, operationName: 'B' })).toMatchObject({ kind: 'fine', cost: 40 })
  })

  test.for(['', null, undefined])('is the only one of its document when its name is %j', (operationName) => {
    const query = '{ shops { id } }'
    expect(checked({ query, operationName })).toMatchObject({ kind: 'fine', cost: 40 })
    const limits = { cost: 39 }
    expect(checked({ query, operationName }, limits)).toMatchObject({ kind: 'tooMuch', cost: 40 })
  })

  test.for([
    ['names none of its operations', { query: '{ shop { id } }', operationName: 'C' }],
    ['has no operation', { query: 'fragment A on Shop { id }' }],
  ] as const)('costs nothing where the document %s', ([, request]) => {
    expect(checked(request)).toMatchObject({ kind: 'fine', cost: 0 })
  })

  test('need not be valid', () => {
    expect(verdictOn('{ nothing(of: [1, 2]) { at @all { ...No } } ... on Nowhere { x } }')).toBe('fine')
  })
})

test('what is no GraphQL is malformed, and stays so', () => {
  const schema = buildSchema(SDL, { assumeValidSDL: true })
  const costs = createCostModel({
    schema,
    sdl: parse(SDL),
    defaults: { composite: 1, leaf: 1, mutation: 1, listSize: 1 },
  })
  const check = createOperationCheck({ costs, limits: LIMITS })
  for (let time = 0; time < 2; time += 1) {
    const verdict = check({ query: '{ shop' })
    expect(verdict.kind === 'malformed' && verdict.error.message).toBe(
      'Syntax Error: Expected Name, found <EOF>.',
    )
  }
})

describe('an operation is refused', () => {
  const endless = 'owner { '.repeat(5) + 'id' + ' }'.repeat(5)

  test.for([
    ['tokens', `{ ${'a '.repeat(250)} }`, 'TOO_MANY_TOKENS', 'The document has more than 200 tokens.'],
    [
      'levels',
      `{ shop { ${endless} } }`,
      'OPERATION_TOO_DEEP',
      'The operation is 7 levels deep; the limit is 5.',
    ],
    [
      'levels in an operation that is not to run',
      `query A { shop { id } } query B { shop { ${endless} } }`,
      'OPERATION_TOO_DEEP',
      'The operation is 7 levels deep; the limit is 5.',
    ],
    [
      'levels in a fragment that nobody spreads',
      `{ shop { id } } fragment A on Shop { ${endless} }`,
      'OPERATION_TOO_DEEP',
      'The operation is 6 levels deep; the limit is 5.',
    ],
    [
      'fields side by side',
      '{ shop { id id id ...A } } fragment A on Shop { name name name name }',
      'OPERATION_TOO_BROAD',
      'The operation selects 7 fields side by side; the limit is 6.',
    ],
    [
      'fields',
      '{ shop { ...A owner { ...A owner { ...A } } } } fragment A on Shop { id id name name }',
      'OPERATION_TOO_LARGE',
      'The operation selects 15 fields; the limit is 12.',
    ],
    [
      'aliases',
      '{ a: shop { b: id c: name owner { d: id e: name } } }',
      'TOO_MANY_ALIASES',
      'The operation has 5 aliases; the limit is 4.',
    ],
    [
      'aliases of one field',
      '{ a: shop { id } ... { b: shop { id } c: shop { id } } d: shop { id } }',
      'TOO_MANY_ALIASES',
      'The operation has 4 aliases of one field side by side; the limit is 3.',
    ],
    [
      'changes',
      'mutation { a: signIn { id } signIn { id } b: signIn { id } }',
      'TOO_MANY_MUTATIONS',
      'The operation makes 3 changes; the limit is 2.',
    ],
    [
      'changes, in a fragment',
      'mutation { ...A } fragment A on Mutation { a: signIn { id } b: signIn { id } ... { c: signIn { id } } }',
      'TOO_MANY_MUTATIONS',
      'The operation makes 3 changes; the limit is 2.',
    ],
    [
      'directives',
      'query ($a: ID @x) @y { shop @include(if: true) { id @skip(if: false) } }',
      'TOO_MANY_DIRECTIVES',
      'The operation has 4 directives; the limit is 3.',
    ],
    [
      'fragments in a circle',
      '{ ...A } fragment A on Query { ...A }',
      'FRAGMENT_CYCLE',
      'A fragment of the document spreads itself.',
    ],
    [
      'fragments in a circle that nobody enters',
      '{ shop { id } } fragment A on Query { ...B } fragment B on Query { ...A }',
      'FRAGMENT_CYCLE',
      'A fragment of the document spreads itself.',
    ],
    [
      'points',
      '{ shops(first: 60) { name } }',
      'COST_LIMIT_EXCEEDED',
      'The operation may cost 120; the limit is 100. Ask for fewer fields, or for smaller pages.',
    ],
  ] as const)('for too many %s', ([, query, code, message]) => {
    expect(verdictOn(query)).toEqual([code, message])
  })

  test('for a bomb of fragments, without being expanded', () => {
    const bomb = Array.from({ length: 15 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)
    const query = `{ ...F0 } ${bomb.join(' ')} fragment F15 on Query { shop { id } }`
    expect(verdictOn(query, {}, { breadth: 1e9 })).toEqual([
      'OPERATION_TOO_LARGE',
      'The operation selects 65536 fields; the limit is 12.',
    ])
  })

  test('with what it would have cost', () => {
    expect(checked({ query: '{ shops(first: 60) { name } }' })).toMatchObject({ kind: 'tooMuch', cost: 120 })
  })
})

describe('a list', () => {
  const TOO_LONG = ['LIST_ARGUMENT_TOO_LONG', 'A list of the arguments has 4 items; the limit is 3.']

  test.for([
    ['in an argument', '{ shop(ids: ["1", "2", "3", "4"]) { id } }'],
    ['in a list', '{ shop(at: [[1], [1, 2, 3, 4]]) { id } }'],
    ['in an input', '{ shop(filter: { all: [{ tags: ["1", "2", "3", "4"] }] }) { id } }'],
    ['of variables', 'query ($a: ID!) { shop(ids: [$a, $a, $a, $a]) { id } }'],
    ['in the default of a variable', 'query ($ids: [ID!] = [1, 2, 3, 4]) { shop(ids: $ids) { id } }'],
    ['in an argument that does not exist', '{ shop(nothing: [1, 2, 3, 4]) { id } }'],
    ['in a directive', '{ shop { id @x(all: [1, 2, 3, 4]) } }'],
    ['in a fragment', '{ ...A } fragment A on Query { shop(ids: [1, 2, 3, 4]) { id } }'],
  ] as const)('that is too long is found %s', ([, query]) => {
    expect(verdictOn(query)).toEqual(TOO_LONG)
  })

  test.for([
    ['a list', '[ID!]', [1, 2, 3, 4]],
    ['a list of lists', '[[Int!]!]', [[1], [1, 2, 3, 4]]],
    ['an input', 'Filter', { tags: [1, 2, 3, 4] }],
    ['an input in an input', 'Filter', { all: [{ tags: [1, 2, 3, 4] }] }],
    ['an input in place of a list of it', '[Filter!]!', { all: { tags: [1, 2, 3, 4] } }],
    ['what is no list', 'Int', [1, 2, 3, 4]],
    ['a type that does not exist', 'Nothing', { a: { b: [1, 2, 3, 4] } }],
  ] as const)('that is too long is found in a variable of %s', ([, type, value]) => {
    expect(verdictOn(`query ($v: ${type}) { shop { id } }`, { v: value })).toEqual(TOO_LONG)
  })

  test('that is too long is found in a variable that is not declared', () => {
    expect(verdictOn('{ shop { id } }', { v: [1, 2, 3, 4] })).toEqual(TOO_LONG)
  })

  test.for([
    ['a variable', 'query ($v: JSON) { shop(notes: $v) { id } }', { v: [1, 2, 3, [4, 5, 6, 7]] }],
    ['an input of a variable', 'query ($v: Filter) { shop { id } }', { v: { notes: { a: [1, 2, 3, 4] } } }],
    ['the document', '{ shop(notes: [1, 2, 3, 4]) { id } }', {}],
    ['an input of the document', '{ shop(filter: { notes: { a: [1, 2, 3, 4] } }) { id } }', {}],
  ] as const)('that a scalar holds is as long as the scalar likes, in %s', ([, query, variables]) => {
    expect(verdictOn(query, variables)).toBe('fine')
  })
})

describe('variables', () => {
  test('are refused when they are too large', () => {
    expect(verdictOn('{ shop { id } }', { v: 'x'.repeat(52) })).toBe('fine')
    expect(verdictOn('{ shop { id } }', { v: 'x'.repeat(53) })).toEqual([
      'VARIABLES_TOO_LARGE',
      'The variables take 61 characters of JSON; the limit is 60.',
    ])
  })

  test('are refused when they are nested too deeply, a scalar’s contents included', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
    expect(verdictOn('query ($v: JSON) { shop { id } }', { v: nested(4) })).toBe('fine')
    expect(verdictOn('query ($v: JSON) { shop { id } }', { v: nested(5) })).toEqual([
      'VARIABLES_TOO_DEEP',
      'The variables are nested more than 4 deep.',
    ])
  })

  test('that would overflow a stack are refused like others', () => {
    const v: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
    expect(verdictOn('{ shop { id } }', { v })).toEqual([
      'VARIABLES_TOO_DEEP',
      'The variables are nested more than 4 deep.',
    ])
  })

  test('may hold files', () => {
    expect(verdictOn('query ($v: Upload) { shop { id } }', { v: Promise.resolve() })).toBe('fine')
  })

  test('are looked at again when the same document comes with others', () => {
    expect(verdictOn('query ($n: Int) { shops(first: $n) { id } }', { n: 50 })).toBe('fine')
    expect(verdictOn('query ($n: Int) { shops(first: $n) { id } }', { n: 51 })).toEqual([
      'COST_LIMIT_EXCEEDED',
      'The operation may cost 102; the limit is 100. Ask for fewer fields, or for smaller pages.',
    ])
  })
})
