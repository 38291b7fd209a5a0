import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Login, loginUrl, loginUrls } from '@arv/database'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { TestServerAddress } from './test-server.ts'

/** A migrated database of one test file's own. */
export interface TestDatabase {
  /** As the superuser, whom row-level security does not hold: for a look at the rows from outside. */
  readonly ownerUrl: string
  /** As each subgraph's login, the viewer's, and the gateway's. */
  readonly urls: Record<Login, string>
  /**
   * Removes the database.
   *
   * @throws Error when connections to it are still open: what the test started, it has to close
   */
  drop(): Promise<void>
}

/** A connection that was closed a moment ago may take this long to be gone on the server. */
const GRACE_MS = 2_000

/** @example const database = await createTestDatabase(); afterAll(() => database.drop()) */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { templateUrl, passwords } = await findServer()
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = new URL(templateUrl).pathname.slice(1)
  await asSuperuser(
    templateUrl,
    (sql) => sql`create database ${sql(name)} template ${sql(template)} strategy file_copy`,
  )
  const ownerUrl = new URL(templateUrl)
  ownerUrl.pathname = `/${name}`
  return {
    ownerUrl: ownerUrl.href,
    urls: {
      ...loginUrls(ownerUrl.href, passwords),
      gateway: loginUrl(ownerUrl.href, 'gateway', passwords.gateway),
    },
    drop: () => asSuperuser(templateUrl, (sql) => dropDatabase(sql, name)),
  }
}

async function dropDatabase(sql: postgres.Sql, name: string): Promise<void> {
  const leaked = await connectionsLeft(sql, name)
  await sql`drop database if exists ${sql(name)} with (force)`
  if (leaked.length > 0) {
    throw new Error(`the test left connections to its database open:\n${leaked.join('\n')}`)
  }
}

async function connectionsLeft(sql: postgres.Sql, name: string): Promise<string[]> {
  const deadline = Date.now() + GRACE_MS
  for (;;) {
    const rows = await sql<{ connection: string }[]>`
      select format('%s, %s (%s): %s', usename, application_name, state, query) as connection
      from pg_stat_activity where datname = ${name} and backend_type = 'client backend'`
    if (rows.length === 0 || Date.now() > deadline) return rows.map(({ connection }) => connection)
    await delay(20)
  }
}

async function asSuperuser(templateUrl: string, act: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  // Nobody may be connected to a template while it is cloned.
  const url = new URL(templateUrl)
  url.pathname = '/postgres'
  const sql = postgres(url.href, { max: 1, onnotice: () => {} })
  try {
    await act(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function findServer(): Promise<TestServerAddress> {
  const response = await fetch(inject('testServerDoor'))
  const text = await response.text()
  if (!response.ok) throw new Error(`the run's database server did not start: ${text}`)
  const address: TestServerAddress = JSON.parse(text)
  return address
}
