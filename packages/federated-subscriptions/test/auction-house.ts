import { composeServices } from '@apollo/composition'
import type { GraphQLDataSource } from '@apollo/gateway'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { graphql, GraphQLError, parse, subscribe } from 'graphql'
import type { OpenSource } from '../src/index.ts'
import type { Topic } from './topic.ts'
import { createTopic } from './topic.ts'

export interface Visitor {
  readonly role: 'AUCTIONEER' | 'GUEST'
}

interface Reference {
  readonly __typename?: string
  readonly id: string
}

export interface Bid {
  readonly amount: number
  readonly auction: Reference & { readonly title: string }
  readonly leaders: readonly Reference[]
  readonly lot?: object
  readonly note?: string | Error
}

interface ServiceCall {
  readonly service: string
  readonly query: string
  readonly variables: unknown
}

export interface AuctionHouse {
  readonly supergraphSdl: string
  readonly services: Record<string, GraphQLDataSource>
  readonly openSource: OpenSource<Visitor>
  /** Null is an event whose root field is null. */
  readonly bids: Topic<{ readonly bidPlaced: Bid | null }>
  /** Every fetch that a service answered, in order; subscriptions not among them. */
  readonly calls: ServiceCall[]
  /** Runs before a service answers: to delay it, or to reject in its place. */
  beforeFetch: (service: string) => Promise<void>
}

const federation = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"]
)`

const typeDefs = {
  auctions: parse(`${federation}
    type Query { auction(id: ID!): Auction }
    type Subscription {
      bidPlaced(auction: ID, minimum: Int): BidPlaced
      secretBid: BidPlaced!
    }
    type BidPlaced { amount: Int! auction: Auction! leaders: [Bidder!]! lot: Lot note: String }
    union Lot = Painting | Carriage
    type Carriage { wheels: Int! }
    type Painting @key(fields: "id") { id: ID! }
    type Auction @key(fields: "id") { id: ID! title: String! }
    type Bidder @key(fields: "id", resolvable: false) { id: ID! }
  `),
  people: parse(`${federation}
    type Bidder @key(fields: "id") { id: ID! name: String! phone: String greeting(language: String = "en"): String }
  `),
  statistics: parse(`${federation}
    type Bidder @key(fields: "id") { id: ID! wins: Int favourite: Auction }
    type Auction @key(fields: "id") { id: ID! title: String! @external slogan: String @requires(fields: "title") }
    type Painting @key(fields: "id") { id: ID! estimate(currency: String!): String }
  `),
}

const bidderNames: Readonly<Record<string, string>> = { '1': 'Ada', '2': 'Bea', '3': 'Cyd' }
const greetings: Readonly<Record<string, string>> = { en: 'Hello', de: 'Hallo' }

function resolversOf(bids: AuctionHouse['bids']) {
  return {
    auctions: {
      Subscription: {
        bidPlaced: { subscribe: () => bids.listen() },
        secretBid: {
          subscribe: () => {
            throw new GraphQLError('Only for members.', { extensions: { code: 'FORBIDDEN' } })
          },
        },
      },
      Auction: { __resolveReference: ({ id }: Reference) => ({ id, title: `Auction ${id}` }) },
      Lot: { __resolveType: (lot: object) => ('wheels' in lot ? 'Carriage' : 'Painting') },
    },
    people: {
      Bidder: {
        __resolveReference: ({ id }: Reference) => ({ id, name: bidderNames[id] }),
        phone({ id }: Reference, _: unknown, { role }: Visitor) {
          if (role === 'AUCTIONEER') return `555-${id}`
          throw new GraphQLError('Not for you.', { extensions: { code: 'FORBIDDEN' } })
        },
        greeting: ({ id }: Reference, { language }: { language: string }) =>
          `${greetings[language]} ${bidderNames[id]}`,
      },
    },
    statistics: {
      Bidder: {
        __resolveReference: ({ id }: Reference) => ({ id, wins: Number(id) * 10 }),
        favourite: ({ id }: Reference) => ({ id: `${id}00` }),
      },
      Auction: { slogan: ({ title }: { title: string }) => `${title}, as never before` },
      Painting: {
        estimate: ({ id }: Reference, { currency }: { currency: string }) => `${id}000 ${currency}`,
      },
    },
  }
}

/** Three federated services in this process: auctions owns the subscriptions, people and statistics add fields. */
export function openAuctionHouse(): AuctionHouse {
  const bids = createTopic<{ readonly bidPlaced: Bid | null }>()
  const resolvers = resolversOf(bids)
  const build = (name: keyof typeof typeDefs): GraphQLSchema =>
    buildSubgraphSchema([{ typeDefs: typeDefs[name], resolvers: resolvers[name] }])
  const auctions = build('auctions')
  const calls: ServiceCall[] = []

  const house: AuctionHouse = {
    supergraphSdl: compose(typeDefs),
    services: {
      auctions: serve('auctions', auctions),
      people: serve('people', build('people')),
      statistics: serve('statistics', build('statistics')),
    },
    async openSource(serviceName, { document, variables, operationName, context }) {
      if (serviceName !== 'auctions') throw new Error(`${serviceName} has no subscriptions`)
      return await subscribe({
        schema: auctions,
        document,
        variableValues: variables,
        operationName: operationName ?? null,
        contextValue: context,
      })
    },
    bids,
    calls,
    beforeFetch: () => Promise.resolve(),
  }

  function serve(service: string, schema: GraphQLSchema): GraphQLDataSource {
    return {
      async process({ request: { query = '', variables }, ...options }) {
        await house.beforeFetch(service)
        calls.push({ service, query, variables })
        const contextValue = 'incomingRequestContext' in options ? options.incomingRequestContext.context : {}
        const { data, errors } = await graphql({
          schema,
          source: query,
          variableValues: variables,
          contextValue,
        })
        return { data: data ?? null, ...(errors ? { errors: errors.map((error) => error.toJSON()) } : {}) }
      },
    }
  }

  return house
}

function compose(services: Readonly<Record<string, DocumentNode>>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(services).map(([name, document]) => ({
      name,
      url: `http://${name}.test`,
      typeDefs: document,
    })),
  )
  if (supergraphSdl === undefined) throw new AggregateError(errors)
  return supergraphSdl
}

/** A bid of 7 in auction 9, led by Ada, Bea and Cyd. */
export function aBid(change: Partial<Bid> = {}): { readonly bidPlaced: Bid } {
  const leaders = [{ id: '1' }, { id: '2' }, { id: '3' }]
  return { bidPlaced: { amount: 7, auction: { id: '9', title: 'Clocks' }, leaders, ...change } }
}
