import { createDatabase } from '@arv/database'
import { ANONYMOUS, type Caller, type ClientInfo, type Membership } from '@arv/identity'
import { startJobs } from '@arv/jobs'
import { createInProcessClient } from '@arv/subgraph'
import { createSeed, createTestDatabase } from '@arv/testkit'
import { parse } from 'graphql'
import { pino } from 'pino'
import { createAnalyticsSubgraph } from '../src/subgraph.ts'

export const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'

export interface Project {
  readonly id: number
  readonly companyId: number
}

export interface Content {
  readonly id: number
  readonly uniqueId: string
  readonly project: Project
}

export interface Answer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[]
}

/** The subgraph on a database of its own, and rows to visit. */
export async function startAnalytics() {
  const testDatabase = await createTestDatabase()
  const statements: string[] = []
  const database = createDatabase({
    subgraph: 'analytics',
    url: testDatabase.urls.analytics,
    viewerUrl: testDatabase.urls.viewer,
    pool: { observe: (statement) => statements.push(statement) },
  })
  const onError = (error: unknown) => {
    throw error
  }
  const jobs = await startJobs({
    url: testDatabase.urls.analytics,
    subgraph: 'analytics',
    mode: 'send',
    onError,
  })
  const subgraph = createAnalyticsSubgraph({ database, jobs })
  const client = createInProcessClient(subgraph, { logger: pino({ level: 'silent' }) })
  const seed = createSeed(testDatabase.ownerUrl)

  async function run(query: string, variables: Record<string, unknown>, caller: Caller): Promise<Answer> {
    const result = await client.execute({ document: parse(query), query, variables, caller })
    const answer: Answer = JSON.parse(JSON.stringify(result))
    return answer
  }

  return {
    subgraph,
    seed,
    run,
    /** A project of a company of its own, unless that is given. */
    async project(companyId?: number, columns = {}): Promise<Project> {
      const owner = companyId ?? (await seed.company()).id
      return { id: await seed.project(owner, columns), companyId: owner }
    },
    /** Published, unless told otherwise. */
    async content(project: Project, columns = {}): Promise<Content> {
      const image = await seed.asset(project.companyId)
      const published = { published_at: '2020-01-01T00:00:00Z', ...columns }
      const content = await seed.content(project.companyId, project.id, image.id, published)
      return { ...content, project }
    },
    async video({ id, project }: Content) {
      const file = await seed.asset(project.companyId, { kind: 'VIDEO' })
      return seed.video(project.companyId, id, file.id)
    },
    /** As somebody without a token. */
    visit: (query: string, input: Record<string, unknown>, visitor: Partial<ClientInfo> = {}) =>
      run(query, { input }, visitorWith(visitor)),
    /** How many statements the work sends, the ones that open and close transactions included. */
    async countStatements(work: () => Promise<unknown>): Promise<number> {
      const before = statements.length
      await work()
      return statements.length - before
    },
    async close() {
      await seed.close()
      await jobs.close()
      await database.close()
      await testDatabase.drop()
    },
  }
}

export type Analytics = Awaited<ReturnType<typeof startAnalytics>>

export const START = `mutation ($input: StartViewSessionInput!) {
  startViewSession(input: $input) { sessionId userErrors { code field message } }
}`

export const REPORT = `mutation ($input: ReportViewSessionInput!) {
  reportViewSession(input: $input) { sessionId userErrors { code field message } }
}`

/** Somebody who is signed in. */
export function callerWith(
  memberships: readonly Membership[],
  { isPlatformAdmin = false }: { readonly isPlatformAdmin?: boolean } = {},
): Caller {
  return {
    requestId: 'request',
    principal: { kind: 'user', userId: 1, isPlatformAdmin, memberships },
    client: { ipAddress: null, userAgent: null },
  }
}

function visitorWith(client: Partial<ClientInfo>): Caller {
  return {
    requestId: 'visit',
    principal: ANONYMOUS,
    client: { ipAddress: '198.51.100.4', userAgent: PHONE, ...client },
  }
}
