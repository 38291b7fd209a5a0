import type { ASTVisitor, ValidationContext } from 'graphql'
import { GraphQLError, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { openAuctionHouse } from './auction-house.ts'
import { guest, refusal, subscriptionsOf } from './subscriber.ts'

const subscriptions = subscriptionsOf(openAuctionHouse())

function problems(query: string, variables?: Record<string, unknown>, operationName?: string): string[] {
  return subscriptions.validate(parse(query), variables, operationName).map(({ message }) => message)
}

describe('an operation is refused before anything is opened', () => {
  test('when it selects more than one root field', () => {
    expect(problems('subscription { bidPlaced { amount } secretBid { amount } }')).toEqual([
      'Anonymous Subscription must select only one top level field.',
    ])
  })

  test('when it selects introspection at the root', () => {
    expect(problems('subscription S { __typename }')).toEqual([
      'Subscription "S" must not select an introspection top level field.',
    ])
    expect(problems('subscription { bidPlaced { amount } kind: __typename }')).toEqual([
      'Anonymous Subscription must select only one top level field.',
      'Anonymous Subscription must not select an introspection top level field.',
    ])
  })

  test.each([
    ['on the field', 'subscription ($on: Boolean!) { bidPlaced @include(if: $on) { amount } }', '@include'],
    ['without a variable', 'subscription { bidPlaced @skip(if: false) { amount } }', '@skip'],
    [
      'on an inline fragment',
      'subscription ($on: Boolean!) { ... @skip(if: $on) { bidPlaced { amount } } }',
      '@skip',
    ],
    [
      'inside a fragment',
      `subscription ($on: Boolean!) { ...Root }
       fragment Root on Subscription { ... on Subscription { bidPlaced @include(if: $on) { amount } } }`,
      '@include',
    ],
    [
      'on the spread of a fragment',
      `subscription ($on: Boolean!) { ...Root @include(if: $on) }
       fragment Root on Subscription { bidPlaced { amount } }`,
      '@include',
    ],
  ])('when its root field is conditional: %s', (_, query, directive) => {
    expect(problems(query, { on: true })).toEqual([
      `The root field of a subscription can't be conditional: remove ${directive}.`,
    ])
  })

  test('when its fragments go round in circles', () => {
    expect(problems('subscription { ...Root } fragment Root on Subscription { ...Root }')).toEqual([
      'Cannot spread fragment "Root" within itself.',
    ])
  })

  test('when a field is unknown, with the code that clients know from queries', () => {
    const errors = subscriptions.validate(parse('subscription { bidPlaced { colour } }'))
    expect(errors.map(({ message, extensions }) => [message, extensions['code']])).toEqual([
      ['Cannot query field "colour" on type "BidPlaced".', 'GRAPHQL_VALIDATION_FAILED'],
    ])
  })

  test('when a variable is missing or of the wrong type, naming it', () => {
    const query = 'subscription ($minimum: Int!) { bidPlaced(minimum: $minimum) { amount } }'
    const errors = subscriptions.validate(parse(query), { minimum: 'many' })
    expect(errors.map(({ message, extensions }) => [message, extensions['code']])).toEqual([
      [
        'Variable "$minimum" got invalid value "many"; Int cannot represent non-integer value: "many"',
        'BAD_USER_INPUT',
      ],
    ])
    expect(problems(query)).toEqual(['Variable "$minimum" of required type "Int!" was not provided.'])
  })

  test('when it is not the one subscription that was asked for', () => {
    const two = 'subscription A { bidPlaced { amount } } subscription B { secretBid { amount } }'
    expect(problems(two, {}, 'B')).toEqual([])
    expect(problems(two, {}, 'C')).toEqual(['There is no subscription named "C".'])
    expect(problems(two)).toEqual(['The document must hold one subscription, or name the one to run.'])
    expect(problems('query Q { auction(id: 1) { title } }', {}, 'Q')).toEqual([
      'There is no subscription named "Q".',
    ])
    expect(problems('fragment F on BidPlaced { amount }')).toEqual(['Fragment "F" is never used.'])
  })

  test('by the host’s own rules', () => {
    function noBids(context: ValidationContext): ASTVisitor {
      return {
        Field: (field) => context.reportError(new GraphQLError(`No ${field.name.value}.`, { nodes: field })),
      }
    }
    const strict = subscriptionsOf(openAuctionHouse(), { validationRules: [noBids] })
    expect(
      strict.validate(parse('subscription { bidPlaced { amount } }')).map(({ message }) => message),
    ).toEqual(['No bidPlaced.', 'No amount.'])
  })

  test('also when nobody asked for its validation first', async () => {
    const house = openAuctionHouse()
    expect(await refusal(subscriptionsOf(house), 'subscription { bidPlaced { colour } }')).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    })
    expect(house.bids.listenerCount()).toBe(0)
  })
})

describe('an operation is accepted', () => {
  test('with conditions below its root field and a fragment around it', () => {
    const query = `subscription Bids($on: Boolean! = true) { ...Root }
      fragment Root on Subscription { bidPlaced { amount @include(if: $on) __typename } }`
    expect(problems(query)).toEqual([])
  })

  test('when it is the named one of a document that also holds a query', async () => {
    const house = openAuctionHouse()
    const document = parse('subscription S { bidPlaced { amount } } query Q { auction(id: 1) { title } }')
    const answer = await subscriptionsOf(house).subscribe({ document, operationName: 'S', context: guest })
    expect('next' in answer).toBe(true)
    expect(house.bids.listenerCount()).toBe(1)
  })
})

test('a supergraph that is none is refused at once', () => {
  const house = openAuctionHouse()
  expect(() => subscriptionsOf({ ...house, supergraphSdl: 'type Query { a: Int }' })).toThrow(
    'Invalid supergraph: must be a core schema',
  )
})
