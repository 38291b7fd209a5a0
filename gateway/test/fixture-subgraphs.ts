import { createHash } from 'node:crypto'
import { EventEmitter, on } from 'node:events'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { Caller } from '@arv/identity'
import { badUserInput, readUpload, scalarResolvers } from '@arv/subgraph'
import type { CommandHandler, Subgraph, SubgraphName, UploadedFile } from '@arv/subgraph'
import { GraphQLError, parse } from 'graphql'
import { GraphQLUpload } from 'graphql-upload-minimal'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@inaccessible", "@cost", "@listSize"])`

/** Four subgraphs that are as small as a gateway's tests allow, over data in memory. */
export const FIXTURE_TYPE_DEFS: Readonly<Record<SubgraphName, string>> = {
  tenancy: `${LINK}
    type Query { me: User whoAsks: Asker! broken: String }
    type User { id: ID! isPlatformAdmin: Boolean! }
    type Asker { requestId: String! ipAddress: String userAgent: String }
    type Company @key(fields: "id") { id: ID! name: String! }
    type Subscription { principalChanged: PrincipalChange! @inaccessible }
    type PrincipalChange @inaccessible { userId: Int apiKeyId: Int }
  `,
  content: `${LINK}
    scalar UUID
    type Query {
      contents: [ArContent!]! refused: String
      shelf(first: Int, tags: [String!]): [ArContent!]!
        @listSize(assumedSize: 20, slicingArguments: ["first"], requireOneSlicingArgument: false)
      viewerContent(uniqueId: UUID!): ViewerContent
    }
    type Subscription {
      contentChanged: ArContent!
      viewerContentChanged(uniqueId: UUID!, after: String): ViewerChange!
    }
    type ViewerChange { cursor: String! at: String! reason: String! content: ViewerContent }
    type ViewerContent {
      uniqueId: UUID! title: String! description: String cursor: String! image: PublicFile marker: PublicFile
      activeVideo: ViewerVideo activeVideoReason: String! nextChangeAt: String expiresAt: String
    }
    type ViewerVideo { uniqueId: UUID! title: String! file: PublicFile captions: [ViewerCaptions!]! }
    type ViewerCaptions { language: String! label: String! file: PublicFile }
    type PublicFile {
      url: String! mimeType: String! sizeBytes: Int! width: Int height: Int durationSeconds: Float poster: PublicFile
    }
    type ArContent @key(fields: "id") { id: ID! title: String! company: Company }
    type Company @key(fields: "id", resolvable: false) { id: ID! }
  `,
  media: `${LINK}
    scalar Upload
    type Query { filesStored: Int! }
    type Mutation { store(file: Upload!): StoredFile! storeTwo(first: Upload!, second: Upload!): [StoredFile!]! }
    type StoredFile { name: String! sizeBytes: Int! sha256: String! }
  `,
  analytics: `${LINK}
    type Query { sessionsCount: Int! }
    type Mutation { recordVisit: Int }
    type ArContent @key(fields: "id") { id: ID! viewsCount: Int views(last: Int): Int }
  `,
}

interface FixtureState {
  /** Ids of companies that tenancy was asked for, one list a call. */
  readonly companiesAskedFor: string[][]
  /** What a broken upload ended with, in the order of their breaking. */
  readonly brokenUploads: string[]
  analyticsFails: boolean
  /** What a field of analytics does in place of answering; null for nothing unusual. */
  analyticsFault: (() => unknown) | null
  /** The cursors that viewers subscribed after. */
  readonly viewersAfter: (string | null)[]
  /** What a viewer sees from now on, and is pushed; null when there is nothing to see. */
  showViewers(cursor: string, title: string | null): void
  /** Says that a user's rights have changed. */
  changePrincipal(userId: number): void
  /** Pushes the content with this id to all who subscribed. */
  changeContent(id: string): void
  subscribers(): number
}

interface FixtureSubgraphs {
  readonly subgraphs: Readonly<Record<SubgraphName, Subgraph>>
  readonly state: FixtureState
}

interface Context {
  readonly caller: Caller
}

/** The one content that a viewer can open. */
export const VIEWED = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'

/** A stream that refuses its first event, as one of events does after a cursor that is none. */
function refusedStream(): AsyncIterable<never> {
  const refuse = () => Promise.reject(badUserInput('No such cursor.', { field: 'after' }))
  return { [Symbol.asyncIterator]: () => ({ next: refuse }) }
}

const CONTENTS = [
  { id: '1', title: 'Wedding', companyId: '7' },
  { id: '2', title: 'Poster', companyId: '7' },
  { id: '3', title: 'Postcard', companyId: '8' },
]
const COMPANIES = new Map([
  ['7', 'Vertex AR'],
  ['8', 'Print & Co'],
])

/** @param commands - tenancy's internal commands. */
export function fixtureSubgraphs(commands: Readonly<Record<string, CommandHandler>> = {}): FixtureSubgraphs {
  const changes = new EventEmitter()
  let filesStored = 0
  let shown: object | null = null
  const state: FixtureState = {
    companiesAskedFor: [],
    brokenUploads: [],
    analyticsFails: false,
    analyticsFault: null,
    changePrincipal: (userId) => void changes.emit('principal', { userId, apiKeyId: null }),
    changeContent: (id) => void changes.emit('change', id),
    viewersAfter: [],
    showViewers(cursor, title) {
      shown = title === null ? null : { uniqueId: VIEWED, title, cursor, activeVideoReason: 'DEFAULT' }
      changes.emit('viewer', { cursor, at: '2026-11-22T10:00:00Z', reason: 'DETAILS', content: shown })
    },
    subscribers: () => changes.listenerCount('change') + changes.listenerCount('viewer'),
  }

  async function store(upload: UploadedFile): Promise<object> {
    const file = await upload
    const hash = createHash('sha256')
    let sizeBytes = 0
    try {
      for await (const chunk of readUpload(file)) {
        sizeBytes += chunk.length
        hash.update(chunk)
      }
    } catch (error) {
      state.brokenUploads.push(error instanceof Error ? error.message : String(error))
      throw error
    }
    filesStored += 1
    return { name: file.filename, sizeBytes, sha256: hash.digest('hex') }
  }

  const companyRef = ({ companyId }: { companyId: string }) => ({ __typename: 'Company', id: companyId })
  let askedNow: string[] | null = null

  const resolvers = {
    tenancy: {
      Query: {
        me: (_: unknown, __: unknown, { caller: { principal } }: Context) =>
          principal.kind === 'user' ? { id: String(principal.userId), ...principal } : null,
        whoAsks: (_: unknown, __: unknown, { caller }: Context) => ({
          requestId: caller.requestId,
          ...caller.client,
        }),
        broken: () => {
          throw new Error('relation "tenancy.companies" does not exist at 10.0.0.7:5432')
        },
      },
      Subscription: {
        principalChanged: {
          subscribe: () => on(changes, 'principal'),
          resolve: ([change]: [object]) => change,
        },
      },
      Company: {
        __resolveReference({ id }: { id: string }) {
          if (askedNow === null) {
            askedNow = []
            state.companiesAskedFor.push(askedNow)
            queueMicrotask(() => (askedNow = null))
          }
          askedNow.push(id)
          return { id, name: COMPANIES.get(id) }
        },
      },
    },
    content: {
      UUID: scalarResolvers.UUID,
      Query: {
        contents: () => CONTENTS,
        shelf: (_: unknown, { first }: { first?: number | null }) => CONTENTS.slice(0, first ?? 20),
        viewerContent: () => shown,
        refused: () => {
          throw new GraphQLError('Sign in to see this.', {
            extensions: { code: 'UNAUTHENTICATED', secret: 'x' },
          })
        },
      },
      Subscription: {
        contentChanged: {
          subscribe: () => on(changes, 'change'),
          resolve: ([id]: [string]) => CONTENTS.find((content) => content.id === id),
        },
        viewerContentChanged: {
          subscribe(_: unknown, { after }: { after?: string | null }) {
            state.viewersAfter.push(after ?? null)
            return after === 'nonsense' ? refusedStream() : on(changes, 'viewer')
          },
          resolve: ([change]: [object]) => change,
        },
      },
      ArContent: { company: companyRef },
    },
    media: {
      Upload: GraphQLUpload,
      Query: { filesStored: () => filesStored },
      Mutation: {
        store: (_: unknown, { file }: { file: UploadedFile }) => store(file),
        async storeTwo(_: unknown, { first, second }: { first: UploadedFile; second: UploadedFile }) {
          return [await store(first), await store(second)]
        },
      },
    },
    analytics: {
      Query: {
        sessionsCount() {
          if (state.analyticsFails) throw new Error('connect ECONNREFUSED 10.0.0.9:5432')
          return 12
        },
      },
      Mutation: { recordVisit: () => (state.analyticsFault ? state.analyticsFault() : 1) },
      ArContent: {
        viewsCount({ id }: { id: string }) {
          if (state.analyticsFault) return state.analyticsFault()
          if (state.analyticsFails) throw new Error('connect ECONNREFUSED 10.0.0.9:5432')
          return Number(id) * 100
        },
        views: (_: unknown, { last }: { last?: number }) => last,
      },
    },
  }

  const subgraph = (name: SubgraphName): Subgraph => ({
    name,
    schema: buildSubgraphSchema([{ typeDefs: parse(FIXTURE_TYPE_DEFS[name]), resolvers: resolvers[name] }]),
    createContext: (caller): Context => ({ caller }),
    commands: name === 'tenancy' ? commands : {},
    jobs: {},
    ready: async () => undefined,
    close: async () => undefined,
  })
  return {
    state,
    subgraphs: {
      tenancy: subgraph('tenancy'),
      content: subgraph('content'),
      media: subgraph('media'),
      analytics: subgraph('analytics'),
    },
  }
}
