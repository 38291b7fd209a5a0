import type { ExecutionResult } from 'graphql'
import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { aBid, openAuctionHouse } from './auction-house.ts'
import { auctioneer, guest, listen, read, subscriptionsOf } from './subscriber.ts'

describe('what a subscriber is sent', () => {
  test('fields of every service arrive with the event, one _entities call for three entities of a type', async () => {
    const house = openAuctionHouse()
    const stream = await listen(
      subscriptionsOf(house),
      'subscription { bidPlaced(auction: "9") { amount auction { title } leaders { name wins } } }',
    )

    house.bids.publish(aBid())

    expect(await read(stream)).toEqual({
      data: {
        bidPlaced: {
          amount: 7,
          auction: { title: 'Clocks' },
          leaders: [
            { name: 'Ada', wins: 10 },
            { name: 'Bea', wins: 20 },
            { name: 'Cyd', wins: 30 },
          ],
        },
      },
    })
    expect(house.calls.map(({ service }) => service).toSorted()).toEqual(['people', 'statistics'])
    expect(house.calls[0]?.query).toContain('_entities')
    expect(house.calls[0]?.variables).toEqual({
      representations: ['1', '2', '3'].map((id) => ({ __typename: 'Bidder', id })),
    })
  })

  test('a subscription to the owning service alone calls no other', async () => {
    const house = openAuctionHouse()
    const stream = await listen(subscriptionsOf(house), 'subscription { bidPlaced { amount } }')

    house.bids.publish(aBid())

    expect(await read(stream)).toEqual({ data: { bidPlaced: { amount: 7 } } })
    expect(house.calls).toEqual([])
  })

  test('aliases, named fragments and fragments on the types of a union are answered as written', async () => {
    const house = openAuctionHouse()
    const stream = await listen(
      subscriptionsOf(house),
      `subscription News { latest: bidPlaced { ...Bid sale: auction { __typename called: title } } }
       fragment Bid on BidPlaced {
         price: amount
         lot { ... on Painting { worth: estimate(currency: "EUR") } ... on Carriage { wheels } }
         leaders { ...Person }
       }
       fragment Person on Bidder { who: name __proto__: wins }`,
    )

    house.bids.publish(aBid({ lot: { id: '4' }, leaders: [{ id: '2' }] }))
    house.bids.publish(aBid({ lot: { wheels: 3 }, leaders: [] }))

    expect(await read(stream)).toEqual({
      data: {
        latest: {
          price: 7,
          lot: { worth: '4000 EUR' },
          leaders: [JSON.parse('{ "who": "Bea", "__proto__": 20 }')],
          sale: { __typename: 'Auction', called: 'Clocks' },
        },
      },
    })
    expect(await read(stream)).toEqual({
      data: {
        latest: {
          price: 7,
          lot: { wheels: 3 },
          leaders: [],
          sale: { __typename: 'Auction', called: 'Clocks' },
        },
      },
    })
  })

  test('variables reach the services that use them, and those alone; defaults apply', async () => {
    const house = openAuctionHouse()
    const sourceVariables: unknown[] = []
    const subscriptions = subscriptionsOf(house, {
      openSource(service, request) {
        sourceVariables.push(request.variables)
        return house.openSource(service, request)
      },
    })
    const stream = await listen(
      subscriptions,
      `subscription Bids($minimum: Int, $language: String, $currency: String! = "USD") {
         bidPlaced(minimum: $minimum) {
           leaders { greeting(language: $language) }
           lot { ... on Painting { estimate(currency: $currency) } }
         }
       }`,
      { variables: { minimum: 5, language: 'de', unknown: 1 } },
    )

    house.bids.publish(aBid({ leaders: [{ id: '1' }], lot: { id: '4' } }))

    expect(await read(stream)).toEqual({
      data: { bidPlaced: { leaders: [{ greeting: 'Hallo Ada' }], lot: { estimate: '4000 USD' } } },
    })
    expect(sourceVariables).toEqual([{ minimum: 5 }])
  })

  test('@skip and @include below the root field decide what is fetched', async () => {
    const house = openAuctionHouse()
    const query = `subscription ($people: Boolean!) {
      bidPlaced { amount @skip(if: $people) leaders @include(if: $people) { name } }
    }`
    const subscriptions = subscriptionsOf(house)
    const withPeople = await listen(subscriptions, query, { variables: { people: true } })
    const without = await listen(subscriptions, query, { variables: { people: false } })

    house.bids.publish(aBid({ leaders: [{ id: '3' }] }))

    expect(await read(without)).toEqual({ data: { bidPlaced: { amount: 7 } } })
    expect(house.calls).toEqual([])
    expect(await read(withPeople)).toEqual({ data: { bidPlaced: { leaders: [{ name: 'Cyd' }] } } })
  })

  test('what another service refers to may lead back to the service that owns the event', async () => {
    const house = openAuctionHouse()
    const stream = await listen(
      subscriptionsOf(house),
      'subscription { bidPlaced { auction { slogan } leaders { favourite { title } } } }',
    )

    house.bids.publish(aBid({ leaders: [{ id: '2' }] }))

    expect(await read(stream)).toEqual({
      data: {
        bidPlaced: {
          auction: { slogan: 'Clocks, as never before' },
          leaders: [{ favourite: { title: 'Auction 200' } }],
        },
      },
    })
    expect(house.calls.map(({ service }) => service).toSorted()).toEqual([
      'auctions',
      'statistics',
      'statistics',
    ])
  })

  test('an event whose root field is null is a response, and the next event follows', async () => {
    const house = openAuctionHouse()
    const stream = await listen(subscriptionsOf(house), 'subscription { bidPlaced { leaders { name } } }')

    house.bids.publish({ bidPlaced: null })
    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))

    expect(await read(stream)).toEqual({ data: { bidPlaced: null } })
    expect(await read(stream)).toEqual({ data: { bidPlaced: { leaders: [{ name: 'Ada' }] } } })
  })

  test('events stay in order when an earlier one takes longer to answer, also for a consumer that asks ahead', async () => {
    const house = openAuctionHouse()
    let fetches = 0
    house.beforeFetch = () => new Promise((resolve) => setTimeout(resolve, fetches++ === 0 ? 50 : 0))
    const stream = await listen(
      subscriptionsOf(house),
      'subscription { bidPlaced { amount leaders { name } } }',
    )

    const asked = [read(stream), read(stream), read(stream)]
    for (const amount of [1, 2, 3]) house.bids.publish(aBid({ amount, leaders: [] }))
    for (const amount of [4, 5]) house.bids.publish(aBid({ amount, leaders: [{ id: '1' }] }))
    asked.push(read(stream), read(stream))

    expect(await Promise.all(asked)).toMatchObject(
      [1, 2, 3, 4, 5].map((amount) => ({ data: { bidPlaced: { amount } } })),
    )
    expect(fetches).toBe(2)
  })

  test('every event is answered in a context of its own where the host wants it', async () => {
    const house = openAuctionHouse()
    const roles = [guest, auctioneer]
    const subscriptions = subscriptionsOf(house, { contextForEvent: (context) => roles.shift() ?? context })
    const stream = await listen(subscriptions, 'subscription { bidPlaced { leaders { phone } } }')

    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))
    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))

    expect(await read(stream)).toMatchObject({ data: { bidPlaced: { leaders: [{ phone: null }] } } })
    expect(await read(stream)).toMatchObject({ data: { bidPlaced: { leaders: [{ phone: '555-1' }] } } })
  })
})

describe('an event that is shared', () => {
  test('never carries what one subscriber may see to another', async () => {
    const house = openAuctionHouse()
    const bidPlaced = { leaders: [{ __typename: 'Bidder', id: '1' }] }
    const event: ExecutionResult = { data: { bidPlaced } }
    async function* shared(): AsyncGenerator<ExecutionResult> {
      yield event
    }
    const subscriptions = subscriptionsOf(house, { openSource: () => Promise.resolve(shared()) })
    const query = 'subscription { bidPlaced { leaders { phone } } }'
    const seenByAuctioneer = await listen(subscriptions, query, { context: auctioneer })
    const seenByGuest = await listen(subscriptions, query, { context: guest })

    expect(await read(seenByAuctioneer)).toEqual({ data: { bidPlaced: { leaders: [{ phone: '555-1' }] } } })
    expect(await read(seenByGuest)).toMatchObject({
      data: { bidPlaced: { leaders: [{ phone: null }] } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    })
    expect(event).toEqual({ data: { bidPlaced: { leaders: [{ __typename: 'Bidder', id: '1' }] } } })
  })
})

describe('what goes wrong with one event', () => {
  test('a refused field of another service is null, with an error at its path in the client’s words', async () => {
    const house = openAuctionHouse()
    const stream = await listen(
      subscriptionsOf(house),
      'subscription { latest: bidPlaced { amount top: leaders { name tel: phone } } }',
    )

    house.bids.publish(aBid({ leaders: [{ id: '1' }, { id: '2' }] }))

    const { value } = await stream.next()
    expect(JSON.parse(JSON.stringify(value?.data))).toEqual({
      latest: {
        amount: 7,
        top: [
          { name: 'Ada', tel: null },
          { name: 'Bea', tel: null },
        ],
      },
    })
    expect(value?.errors?.map(({ path, extensions }) => ({ path, code: extensions['code'] }))).toEqual([
      { path: ['latest', 'top', 0, 'tel'], code: 'FORBIDDEN' },
      { path: ['latest', 'top', 1, 'tel'], code: 'FORBIDDEN' },
    ])
    expect(value?.errors?.every((error) => error instanceof GraphQLError)).toBe(true)
  })

  test('an error of the event itself keeps its path, its code and the name of its service', async () => {
    const house = openAuctionHouse()
    const stream = await listen(
      subscriptionsOf(house),
      'subscription { latest: bidPlaced { remark: note amount } }',
    )
    const illegible = new GraphQLError('Illegible.', { extensions: { code: 'ILLEGIBLE' } })

    house.bids.publish(aBid({ note: illegible }))

    expect(await read(stream)).toEqual({
      data: { latest: { remark: null, amount: 7 } },
      errors: [
        {
          message: 'Illegible.',
          path: ['latest', 'remark'],
          extensions: { code: 'ILLEGIBLE', serviceName: 'auctions' },
        },
      ],
    })
  })

  test('errors that came over a wire as plain objects become GraphQLErrors', async () => {
    const house = openAuctionHouse()
    const events = [
      JSON.parse(
        '{ "data": { "bidPlaced": null }, "errors": [{ "message": "Gone.", "path": ["bidPlaced"] }] }',
      ),
    ]
    async function* overTheWire(): AsyncGenerator<ExecutionResult> {
      yield* events
    }
    const subscriptions = subscriptionsOf(house, { openSource: () => Promise.resolve(overTheWire()) })
    const stream = await listen(subscriptions, 'subscription { bidPlaced { amount } }')

    const { value } = await stream.next()

    expect(value?.errors?.[0]).toBeInstanceOf(GraphQLError)
    expect(value?.errors?.[0]).toMatchObject({ message: 'Gone.', path: ['bidPlaced'] })
  })

  test('a service that is down costs its own fields only, and only while it is down', async () => {
    const house = openAuctionHouse()
    const stream = await listen(
      subscriptionsOf(house),
      'subscription { bidPlaced { amount leaders { id wins } } }',
    )
    house.beforeFetch = () => Promise.reject(new Error('connect ECONNREFUSED'))

    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))
    const { value } = await stream.next()
    house.beforeFetch = () => Promise.resolve()
    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))

    expect(value).toMatchObject({ data: { bidPlaced: { amount: 7, leaders: [{ id: '1', wins: null }] } } })
    expect(value?.errors?.map((error) => [error.constructor, error.message])).toEqual([
      [GraphQLError, 'connect ECONNREFUSED'],
    ])
    expect(await read(stream)).toEqual({
      data: { bidPlaced: { amount: 7, leaders: [{ id: '1', wins: 10 }] } },
    })
  })

  test('a service that the host has no data source for costs its own fields only', async () => {
    const house = openAuctionHouse()
    const { people } = house.services
    if (!people) throw new Error('The fixture has lost a service')
    const stream = await listen(
      subscriptionsOf(house, { services: { people } }),
      'subscription { bidPlaced { leaders { name wins favourite { title } } } }',
    )

    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))

    expect(await read(stream)).toMatchObject({
      data: { bidPlaced: { leaders: [{ name: 'Ada', wins: null, favourite: null }] } },
      errors: [{ message: 'Couldn\'t find service with name "statistics"' }],
    })
  })

  test.each(['id', 'id name'])(
    'an event that makes no sense costs that event only: leaders { %s }',
    async (fields) => {
      const house = openAuctionHouse()
      const events: ExecutionResult[] = [
        { data: { bidPlaced: { leaders: 'everybody' } } },
        { data: { bidPlaced: { leaders: [{ __typename: 'Bidder', id: '1' }] } } },
      ]
      async function* confused(): AsyncGenerator<ExecutionResult> {
        yield* events
      }
      const subscriptions = subscriptionsOf(house, { openSource: () => Promise.resolve(confused()) })
      const stream = await listen(subscriptions, `subscription { bidPlaced { leaders { ${fields} } } }`)

      expect(await read(stream)).toMatchObject({ data: null, errors: [{ message: expect.any(String) }] })
      expect(await read(stream)).toMatchObject({ data: { bidPlaced: { leaders: [{ id: '1' }] } } })
    },
  )

  test('the host has the last word on every error, and one that it fails to mask is not sent', async () => {
    const house = openAuctionHouse()
    house.beforeFetch = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7'))
    const query = 'subscription { bidPlaced { leaders { wins } } }'
    const masking = await listen(
      subscriptionsOf(house, { formatError: (_, { role }) => new GraphQLError(`Try again, dear ${role}.`) }),
      query,
    )
    const failing = await listen(
      subscriptionsOf(house, {
        formatError: () => {
          throw new Error('no log file')
        },
      }),
      query,
    )

    house.bids.publish(aBid({ leaders: [{ id: '1' }] }))

    expect(await read(masking)).toMatchObject({ errors: [{ message: 'Try again, dear GUEST.' }] })
    expect(await read(failing)).toMatchObject({ errors: [{ message: 'Unexpected error.' }] })
  })
})
