import {
  createAccessTokenIssuer,
  createAccessTokenVerifier,
  createInternalTokenSigner,
  createInternalTokenVerifier,
  generateSigningKey,
  PLATFORM_TOKENS,
  publicJwksOf,
  subgraphAudience,
} from '@arv/identity'
import type { AccessTokenSubject, Principal } from '@arv/identity'
import { createHttpClient, createInProcessClient, createSubgraphHost, SUBGRAPH_NAMES } from '@arv/subgraph'
import type { CallDeadlines, SubgraphClient, SubgraphName } from '@arv/subgraph'
import type { FastifyInstance } from 'fastify'
import { parse } from 'graphql'
import { pino } from 'pino'
import type { Logger } from 'pino'
import { composeTypeDefs } from '../src/compose.ts'
import { createGateway, createPrincipalResolver } from '../src/gateway.ts'
import type { Gateway, GatewayDeps } from '../src/gateway.ts'
import { FIXTURE_TYPE_DEFS, fixtureSubgraphs } from './fixture-subgraphs.ts'

export type Clients = Readonly<Record<SubgraphName, SubgraphClient>>
type Fixture = ReturnType<typeof fixtureSubgraphs>

export const PUBLIC_URL = 'https://arv.example'

/** What tenancy would know; a test may change it while the platform runs. */
export interface People {
  /** By user id. */
  readonly principals: Map<number, Principal>
  /** By what an external issuer calls them. */
  readonly externals: Map<string, Principal>
  readonly revokedFamilies: Set<string>
  /** How often the gateway asked. */
  asked: number
}

export interface Platform {
  readonly gateway: Gateway
  readonly url: string
  readonly state: Fixture['state']
  readonly people: People
  /** Parsed lines of the log. */
  readonly log: readonly Record<string, unknown>[]
  token(subject?: Partial<AccessTokenSubject>, ttlSeconds?: number): Promise<string>
  /** POSTs an operation as JSON. */
  graphql(
    query: string,
    options?: { variables?: object; headers?: Record<string, string> },
  ): Promise<{ status: number; headers: Headers; body: GraphqlBody }>
  /** Many processes: one of them is gone. */
  stopSubgraph(name: SubgraphName): Promise<void>
  /** It is back, at the same address. */
  restartSubgraph(name: SubgraphName): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface GraphqlBody {
  readonly data?: unknown
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions?: Readonly<Record<string, unknown>>
  }[]
}

export function fixtureSupergraph(extra = ''): string {
  const composition = composeTypeDefs(
    SUBGRAPH_NAMES.map((name) => ({
      name,
      typeDefs: parse(FIXTURE_TYPE_DEFS[name] + (name === 'tenancy' ? extra : '')),
    })),
  )
  if (composition.kind === 'failed') throw new Error(composition.errors.join('\n'))
  return composition.supergraphSdl
}

/** How the gateway reaches its subgraphs; everything it does must be the same in both. */
export const SHAPES = ['one process', 'many processes'] as const
export type Shape = (typeof SHAPES)[number]

interface Connections {
  readonly clients: Clients
  stop(name: SubgraphName): Promise<void>
  restart(name: SubgraphName): Promise<void>
  close(): Promise<void>
}

interface PlatformOptions {
  readonly shape?: Shape
  readonly deps?: Partial<GatewayDeps>
  /** Shorter than production’s, where a test waits for them to pass. */
  readonly deadlines?: Partial<CallDeadlines>
  /** Many processes: where a subgraph is in place of its fixture. */
  readonly elsewhere?: Partial<Record<SubgraphName, string>>
}

function connectInProcess(
  { subgraphs }: Fixture,
  logger: Logger,
  { deadlines = {} }: PlatformOptions,
): Connections {
  return {
    clients: clientsBy((name) => createInProcessClient(subgraphs[name], { logger, deadlines })),
    stop: async () => undefined,
    restart: async () => undefined,
    close: async () => undefined,
  }
}

async function connectOverHttp(
  { subgraphs }: Fixture,
  logger: Logger,
  { deadlines = {}, elsewhere = {} }: PlatformOptions,
): Promise<Connections> {
  const privateJwk = generateSigningKey()
  const signer = createInternalTokenSigner({ privateJwk })
  const hosts = new Map<SubgraphName, FastifyInstance>()
  const urls = new Map<SubgraphName, string>()
  const start = async (name: SubgraphName, port: number) => {
    const host = createSubgraphHost(subgraphs[name], {
      tokens: createInternalTokenVerifier({
        publicJwks: publicJwksOf(privateJwk),
        audience: subgraphAudience(name),
      }),
      logger,
      uploadLimits: { maxFiles: 10, maxFileSize: 50_000_000, maxFieldSize: 1_000_000 },
    })
    hosts.set(name, host)
    return host.listen({ port, host: '127.0.0.1' })
  }
  for (const name of SUBGRAPH_NAMES) urls.set(name, elsewhere[name] ?? (await start(name, 0)))
  const clients = new Map(
    [...urls].map(([name, url]) => [
      name,
      createHttpClient({ name, url, tokens: signer, logger, deadlines }),
    ]),
  )
  return {
    clients: clientsBy((name) => {
      const client = clients.get(name)
      if (!client) throw new Error(`no client for ${name}`)
      return client
    }),
    async stop(name) {
      await hosts.get(name)?.close()
    },
    async restart(name) {
      await start(name, Number(new URL(urls.get(name) ?? '').port))
    },
    async close() {
      for (const client of clients.values()) client.close()
      await Promise.all([...hosts.values()].map((host) => host.close()))
    },
  }
}

function clientsBy(make: (name: SubgraphName) => SubgraphClient): Clients {
  return {
    tenancy: make('tenancy'),
    content: make('content'),
    media: make('media'),
    analytics: make('analytics'),
  }
}

/** The gateway as production starts it, over the fixture subgraphs, on a free port. */
export async function startPlatform({
  shape = 'one process',
  deps,
  ...connection
}: PlatformOptions = {}): Promise<Platform> {
  const log: Record<string, unknown>[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void log.push(JSON.parse(line)) })
  const privateJwk = generateSigningKey()
  const people: People = {
    asked: 0,
    externals: new Map(),
    revokedFamilies: new Set(),
    principals: new Map([
      [
        5,
        { kind: 'user', userId: 5, isPlatformAdmin: false, memberships: [{ companyId: 7, role: 'OWNER' }] },
      ],
    ]),
  }
  const fixture = fixtureSubgraphs({
    async principal(input) {
      people.asked += 1
      const external = externalSubjectOf(input)
      if (external !== undefined) return people.externals.get(external) ?? null
      const { userId, familyId } = subjectOf(input)
      return people.revokedFamilies.has(familyId) ? null : (people.principals.get(userId) ?? null)
    },
  })
  const connect = shape === 'one process' ? connectInProcess : connectOverHttp
  const connections = await connect(fixture, logger, connection)
  const { clients } = connections
  const gateway = await createGateway({
    supergraphSdl: fixtureSupergraph(),
    clients,
    accessTokens: createAccessTokenVerifier({ publicJwks: publicJwksOf(privateJwk), ...PLATFORM_TOKENS }),
    resolvePrincipal: createPrincipalResolver(clients.tenancy),
    logger,
    publicUrl: PUBLIC_URL,
    maxUploadBytes: 50_000_000,
    readyChecks: {},
    ...deps,
  })
  const url = await gateway.listen(0, '127.0.0.1')
  return {
    gateway,
    url,
    people,
    log,
    state: fixture.state,
    async token(subject, ttlSeconds = 60) {
      const issuer = createAccessTokenIssuer({ privateJwk, ttlSeconds, ...PLATFORM_TOKENS })
      return (await issuer.issue({ userId: 5, familyId: 'f1', ...subject })).token
    },
    async graphql(query, { variables = {}, headers = {} } = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      })
      return { status: response.status, headers: response.headers, body: await graphqlBody(response) }
    },
    stopSubgraph: (name) => connections.stop(name),
    restartSubgraph: (name) => connections.restart(name),
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await connections.close()
    },
  }
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

function externalSubjectOf(input: unknown): string | undefined {
  return typeof input === 'object' && input !== null && 'subject' in input ? String(input.subject) : undefined
}

function subjectOf(input: unknown): AccessTokenSubject {
  if (
    typeof input === 'object' &&
    input !== null &&
    'userId' in input &&
    typeof input.userId === 'number' &&
    'familyId' in input &&
    typeof input.familyId === 'string'
  ) {
    return { userId: input.userId, familyId: input.familyId }
  }
  throw new Error('principal was asked without a subject')
}

/**
 * The answer's body. Each of its errors must name the request as the header does; the id itself is left out, and so
 * are the extensions that say what it cost.
 */
export async function graphqlBody(response: Response): Promise<GraphqlBody> {
  const body: GraphqlBody = withoutExtensions(JSON.parse(await response.text()))
  const { errors, ...rest } = body
  const id = response.headers.get('x-request-id')
  return errors ? { ...rest, errors: errors.map((error) => withoutRequestId(error, id)) } : body
}

export function withoutExtensions(answer: object): object {
  const { extensions: _, ...rest } = { extensions: null, ...answer }
  return rest
}

function withoutRequestId<T extends NonNullable<GraphqlBody['errors']>[number]>(
  error: T,
  id: string | null,
): T {
  const { requestId, ...extensions } = error.extensions ?? {}
  if (id === null || requestId !== id)
    throw new Error(`an error names the request ${String(requestId)}, not ${id}`)
  return { ...error, extensions }
}
