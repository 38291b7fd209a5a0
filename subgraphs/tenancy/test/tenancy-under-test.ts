import { createDatabase } from '@arv/database'
import { createPostgresEventBus, createPostgresEventWriter } from '@arv/events'
import {
  ANONYMOUS,
  type Caller,
  createAccessTokenIssuer,
  createAccessTokenVerifier,
  generateSigningKey,
  hashPassword,
  PLATFORM_TOKENS,
  publicJwksOf,
  readApiKey,
  type Role,
  verifyPassword,
} from '@arv/identity'
import { type JobName, type JobPayload, startJobs } from '@arv/jobs'
import { createInProcessClient, type SubgraphClient } from '@arv/subgraph'
import { createSeed, createTestDatabase } from '@arv/testkit'
import type { ExecutionResult } from 'graphql'
import { parse } from 'graphql'
import { pino } from 'pino'
import type { Channels } from '../src/notifications/channels.ts'
import { createTenancySubgraph, type FreeAttempts } from '../src/subgraph.ts'

type Json = Record<string, unknown>

/** Media as far as tenancy knows it. It is another subgraph, so it is told here what it says. */
interface MediaDouble {
  /** The commands that came, as their name and input. */
  readonly commands: { name: string; input: unknown }[]
  answer: () => Promise<unknown>
}

const REFRESH_TTL_SECONDS = 3600
const NO_CHANNELS: Channels = { mailer: null, telegram: null, adminUrl: 'https://admin.example' }

/** Everything that tenancy's tests start: the very factory that production starts, on a database of its own. */
export async function startTenancy({
  freeAttempts,
  channels = NO_CHANNELS,
}: { readonly freeAttempts?: FreeAttempts; readonly channels?: Channels } = {}) {
  const testDatabase = await createTestDatabase()
  const seed = createSeed(testDatabase.ownerUrl)
  const statements: string[] = []
  const url = testDatabase.urls.tenancy
  const onError = (error: unknown) => {
    throw error
  }
  const database = createDatabase({
    subgraph: 'tenancy',
    url,
    // A new connection asks for the server's types first: that is not of the operation which happened to open it.
    pool: {
      observe: (statement) => !statement.includes('pg_catalog') && statements.push(statement),
      // A busy machine may take its time with fifty at once: who waits too long is refused elsewhere (busy.test.ts).
      connectionTimeoutMs: 20_000,
    },
  })
  const events = createPostgresEventWriter({ url, onError })
  // Reads the outbox by itself: not for the operations whose statements are counted.
  const outbox = createDatabase({ subgraph: 'tenancy', url, pool: { max: 2 } })
  const bus = await createPostgresEventBus({ database: outbox, listenUrl: url, onError })
  const jobs = await startJobs({ url, subgraph: 'tenancy', mode: 'send', onError })
  const privateJwk = generateSigningKey()
  const media: MediaDouble = { commands: [], answer: () => Promise.resolve({ storagePath: 'companies/x' }) }
  const hashes = { count: 0 }
  const counted =
    <Args extends unknown[], Result>(act: (...args: Args) => Result) =>
    (...args: Args) => {
      hashes.count++
      return act(...args)
    }
  const logger = pino({ level: 'silent' })
  const subgraph = createTenancySubgraph({
    database,
    events,
    bus,
    jobs,
    media: {
      command: (name, input) => {
        media.commands.push({ name, input })
        return media.answer()
      },
    },
    accessTokens: createAccessTokenIssuer({ privateJwk, ...PLATFORM_TOKENS, ttlSeconds: 900 }),
    refreshTokenTtlSeconds: REFRESH_TTL_SECONDS,
    channels,
    passwords: { hash: counted(hashPassword), verify: counted(verifyPassword) },
    ...(freeAttempts && { freeAttempts }),
    logger,
  })
  const client: SubgraphClient = createInProcessClient(subgraph, { logger })

  return {
    seed,
    client,
    media,
    /** How many passwords were hashed or verified. */
    hashes,
    accessTokens: createAccessTokenVerifier({ publicJwks: publicJwksOf(privateJwk), ...PLATFORM_TOKENS }),
    execute: (caller: Caller, query: string, variables: Json = {}) =>
      execute(client, caller, query, variables),
    /** Runs a mutation of one `input` and answers with its payload. */
    mutate: async (caller: Caller, field: string, selection: string, input: Json): Promise<Json> => {
      const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
      const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`
      const result = await execute(client, caller, query, { input })
      if (result.errors) throw new AggregateError(result.errors, JSON.stringify(result.errors))
      return asObject(result.data?.[field])
    },
    /** Runs a job as a worker would. */
    runJob: async <Name extends JobName>(name: Name, payload: JobPayload<Name>): Promise<void> => {
      const handler = subgraph.jobs[name]
      if (!handler) throw new Error(`tenancy doesn't work on ${name}`)
      const { signal } = new AbortController()
      await handler(payload, { id: 'test', attempt: 1, isLastAttempt: true, signal })
    },
    /** Whom a key stands for, as the gateway asks it. */
    principalOfKey: (secret: string) =>
      client.command('principal', { apiKeyHash: readApiKey(secret)?.toString('base64url') }, anonymous),
    /** The SQL that `act` made tenancy send. */
    statementsOf: async (act: () => Promise<unknown>): Promise<string[]> => {
      statements.length = 0
      await act()
      return [...statements]
    },
    stop: async () => {
      await subgraph.close()
      await jobs.close()
      await bus.close()
      await outbox.close()
      await events.close()
      await database.close()
      await seed.close()
      await testDatabase.drop()
    },
  }
}

export type TenancyUnderTest = Awaited<ReturnType<typeof startTenancy>>

async function execute(
  client: SubgraphClient,
  caller: Caller,
  query: string,
  variables: Json,
): Promise<ExecutionResult> {
  // A subgraph's result has objects without a prototype, which no literal equals.
  const result = await client.execute({ document: parse(query), query, variables, caller })
  return JSON.parse(JSON.stringify(result))
}

export function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new Error(`no object: ${JSON.stringify(value)}`)
  return Object.fromEntries(Object.entries(value))
}

export function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`no text: ${JSON.stringify(value)}`)
  return value
}

export interface ListedPage {
  readonly nodes: Json[]
  readonly totalCount: unknown
  readonly hasNextPage: unknown
  readonly hasPreviousPage: unknown
  readonly startCursor: string | null
  readonly endCursor: string | null
}

/** A connection as it was answered. */
export function asPage(connection: unknown): ListedPage {
  const { edges, pageInfo, totalCount } = asObject(connection)
  if (!Array.isArray(edges)) throw new Error('a connection without edges')
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = asObject(pageInfo)
  return {
    nodes: edges.map((edge) => asObject(asObject(edge)['node'])),
    totalCount,
    hasNextPage,
    hasPreviousPage,
    startCursor: startCursor === null ? null : asText(startCursor),
    endCursor: endCursor === null ? null : asText(endCursor),
  }
}

const client = { ipAddress: null, userAgent: null }

export const anonymous: Caller = { requestId: 'test', principal: ANONYMOUS, client }

/** Somebody with roles in companies, as the gateway would say it. */
export function member(userId: number, ...roles: [companyId: number, role: Role][]): Caller {
  const memberships = roles.map(([companyId, role]) => ({ companyId, role }))
  return {
    requestId: 'test',
    principal: { kind: 'user', userId, isPlatformAdmin: false, memberships },
    client,
  }
}

/** A machine with a key, as the gateway would say it. */
export function apiKey(apiKeyId: number, companyId: number, role: Role): Caller {
  return { requestId: 'test', principal: { kind: 'apiKey', apiKeyId, companyId, role }, client }
}

export function platformAdmin(userId: number): Caller {
  return {
    requestId: 'test',
    principal: { kind: 'user', userId, isPlatformAdmin: true, memberships: [] },
    client,
  }
}
