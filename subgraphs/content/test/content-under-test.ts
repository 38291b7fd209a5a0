import { setTimeout as delay } from 'node:timers/promises'
import { createDatabase } from '@arv/database'
import { createPostgresEventBus, createPostgresEventWriter } from '@arv/events'
import { ANONYMOUS, type Caller, type Role } from '@arv/identity'
import { type JobPayload, startJobs } from '@arv/jobs'
import { toGlobalId } from '@arv/relay'
import { createInProcessClient } from '@arv/subgraph'
import { createSeed, createTestDatabase, type Seed } from '@arv/testkit'
import { type ExecutionResult, parse } from 'graphql'
import { pino } from 'pino'
import { createContentSubgraph } from '../src/subgraph.ts'

export type Json = Record<string, unknown>

export const PUBLIC_URL = 'https://arv.example.com'

/** Everything that content's tests start: the very factory that production starts, on a database of its own. */
export async function startContent() {
  const testDatabase = await createTestDatabase()
  const seed = createSeed(testDatabase.ownerUrl)
  const statements: string[] = []
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const { content: url, viewer: viewerUrl } = testDatabase.urls
  const database = createDatabase({
    subgraph: 'content',
    url,
    viewerUrl,
    // A busy machine may take its time with fifty at once: who waits too long is refused elsewhere (busy.test.ts).
    pool: { observe: (statement) => statements.push(statement), connectionTimeoutMs: 20_000 },
  })
  const events = createPostgresEventWriter({ url, onError })
  // The outbox's reader looks whenever it wants, so its statements are kept out of what is counted.
  const reader = createDatabase({ subgraph: 'content', url })
  const bus = await createPostgresEventBus({ database: reader, listenUrl: url, onError, pollMs: 200 })
  const jobs = await startJobs({ url, subgraph: 'content', mode: 'send', onError })
  const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' })
  const deps = { database, events, bus, jobs, publicUrl: PUBLIC_URL, logger }
  const subgraph = createContentSubgraph(deps)
  const client = createInProcessClient(subgraph, { logger })
  const request = (caller: Caller, query: string, variables: Json) => ({
    document: parse(query),
    query,
    variables,
    caller,
  })
  const execute = async (caller: Caller, query: string, variables: Json = {}) =>
    asJson<ExecutionResult>(await client.execute(request(caller, query, variables)))

  return {
    seed,
    deps,
    subgraph,
    execute,
    /** The data of an operation that is expected to have no errors. */
    data: async (caller: Caller, query: string, variables: Json = {}): Promise<Json> => {
      const result = await execute(caller, query, variables)
      if (result.errors) throw new Error(JSON.stringify(result.errors))
      return asObject(result.data)
    },
    /** Runs a mutation of one `input` and answers with its payload. */
    mutate: async (caller: Caller, field: string, selection: string, input: Json): Promise<Json> => {
      const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`
      const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code field message } } }`
      const result = await execute(caller, query, { input })
      if (result.errors) throw new Error(JSON.stringify(result.errors))
      return asObject(result.data?.[field])
    },
    subscribe: async (caller: Caller, query: string, variables: Json = {}) => {
      const opened = await client.subscribe(request(caller, query, variables))
      if (Symbol.asyncIterator in opened) return createSubscriber(opened)
      throw new Error(JSON.stringify(opened))
    },
    /** The errors of a subscription that is refused. */
    refusal: async (caller: Caller, query: string, variables: Json = {}) => {
      const opened = await client.subscribe(request(caller, query, variables))
      if (Symbol.asyncIterator in opened) throw new Error('The subscription was opened.')
      return asJson<ExecutionResult>(opened).errors?.map(({ message, extensions }) => ({
        message,
        extensions,
      }))
    },
    /** Tells content what a media worker found out about a marker. */
    report: async (payload: JobPayload<'marker.report'>) => {
      await subgraph.jobs['marker.report']?.(payload, aRun())
    },
    /** Removes what was deleted too long ago to be restored. */
    purge: async () => {
      await subgraph.jobs['contents.purge']?.({}, aRun())
    },
    /** Jobs that wait on a queue, the oldest first. */
    waitingJobs: async (name: string) => {
      const rows = await seed.sql<{ data: Json }[]>`
        select data from jobs.job where name = ${name} and state = 'created' order by created_on`
      return rows.map(({ data }) => data)
    },
    eventsOf: async (type: string, contentId: number) => {
      const rows = await seed.sql<{ payload: Json }[]>`
        select payload from log.events where type = ${type} and subject_id = ${contentId} order by tx, id`
      return rows.map(({ payload }) => payload)
    },
    auditOf: async (entityType: string, entityId: number) => {
      const rows = await seed.sql<{ action: string; actor: string; changes: Json }[]>`
        select action, actor, changes from log.audit_entries
        where entity_type = ${entityType} and entity_id = ${entityId} order by id`
      return rows.map((row) => ({ ...row }))
    },
    /** The SQL that `act` made content send. */
    statementsOf: async (act: () => Promise<unknown>): Promise<string[]> => {
      statements.length = 0
      await act()
      return [...statements]
    },
    stop: async () => {
      await subgraph.close()
      await jobs.close()
      await bus.close()
      await reader.close()
      await events.close()
      await database.close()
      await seed.close()
      await testDatabase.drop()
      if (errors.length > 0) throw new AggregateError(errors, 'something failed unnoticed')
    },
  }
}

const aRun = () => ({
  id: 'test',
  attempt: 1,
  isLastAttempt: false,
  signal: new AbortController().signal,
})

export type ContentUnderTest = Awaited<ReturnType<typeof startContent>>

type Results = AsyncIterableIterator<ExecutionResult>

function createSubscriber(results: Results) {
  let next: Promise<IteratorResult<ExecutionResult>> | undefined
  const pull = () => (next ??= results.next())
  return {
    /** The next result's only field. */
    next: async (): Promise<Json> => {
      const { value, done } = await pull()
      next = undefined
      if (done === true) throw new Error('The subscription has ended.')
      const result = asJson<ExecutionResult>(value)
      if (result.errors) throw new Error(JSON.stringify(result.errors))
      return asObject(Object.values(asObject(result.data))[0])
    },
    /** The errors of the next result. */
    nextErrors: async () => {
      const { value } = await pull()
      next = undefined
      return asJson<ExecutionResult>(value).errors?.map(({ message, extensions }) => ({
        message,
        extensions,
      }))
    },
    /** Whether nothing comes for a while. */
    isSilent: async (ms = 700): Promise<boolean> => {
      const waited = delay(ms).then(() => true)
      return Promise.race([pull().then(() => false), waited])
    },
    close: async () => {
      await results.return?.()
    },
  }
}

/** A company with people in every role, a project, an image and a video file. */
export async function seedCompany(seed: Seed) {
  const company = await seed.company()
  const person = async (role: Role) => {
    const { id } = await seed.user()
    await seed.membership(company.id, id, role)
    return member(id, [company.id, role])
  }
  const projectId = await seed.project(company.id)
  const image = await seed.asset(company.id)
  const videoFile = await seed.asset(company.id, { kind: 'VIDEO', mime_type: 'video/mp4' })
  return {
    id: company.id,
    globalId: toGlobalId('Company', company.id),
    owner: await person('OWNER'),
    editor: await person('EDITOR'),
    viewer: await person('VIEWER'),
    projectId,
    imageId: image.id,
    imagePublicId: image.publicId,
    videoFileId: videoFile.id,
    videoPublicId: videoFile.publicId,
  }
}

export type SeededTenant = Awaited<ReturnType<typeof seedCompany>>

const client = { ipAddress: null, userAgent: null }

export const anonymous: Caller = { requestId: 'test', principal: ANONYMOUS, client }

/** Somebody with roles in companies, as the gateway would say it. */
export function member(userId: number, ...roles: [companyId: number, role: Role][]): Caller {
  const memberships = roles.map(([companyId, role]) => ({ companyId, role }))
  const principal = { kind: 'user', userId, isPlatformAdmin: false, memberships } as const
  return { requestId: 'test', principal, client }
}

export function platformAdmin(userId: number): Caller {
  const principal = { kind: 'user', userId, isPlatformAdmin: true, memberships: [] } as const
  return { requestId: 'test', principal, client }
}

export function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new Error(`no object: ${JSON.stringify(value)}`)
  return Object.fromEntries(Object.entries(value))
}

export function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`no text: ${JSON.stringify(value)}`)
  return value
}

/** A subgraph's result has objects without a prototype, which no literal equals. */
function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
