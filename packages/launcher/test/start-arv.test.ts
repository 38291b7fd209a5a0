import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings, type RunningArv, startArv, startProcesses, type Variables } from '../src/index.ts'

const PASSWORD = 'a password for tests'
const logger = pino({ level: 'silent' })
let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'arv-launcher-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.drop()
})

function settingsWith(variables: Variables = {}) {
  return readSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    ARV_DATA_DIR: folder,
    ARV_ADMIN_PASSWORD: PASSWORD,
    DATABASE_URL: database.ownerUrl,
    DATABASE_URL_TENANCY: database.urls.tenancy,
    DATABASE_URL_CONTENT: database.urls.content,
    DATABASE_URL_MEDIA: database.urls.media,
    DATABASE_URL_ANALYTICS: database.urls.analytics,
    DATABASE_URL_VIEWER: database.urls.viewer,
    ...variables,
  })
}

async function ask(arv: RunningArv, query: string, token?: string): Promise<object> {
  const response = await fetch(`${arv.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  })
  // What it cost is no concern of these tests.
  const { extensions: _, ...answer }: { extensions?: unknown } = JSON.parse(await response.text())
  return answer
}

async function onDatabase<T>(act: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(database.ownerUrl, { max: 1 })
  try {
    return await act(sql)
  } finally {
    await sql.end()
  }
}

describe.each([
  ['one process', startArv],
  ['many processes', startProcesses],
])('%s', (_shape, start) => {
  // Once for all that is asked of it: eight processes take their time.
  test('starts, answers, lets its administrator in, and ends with nothing left open', async () => {
    const arv = await start(settingsWith(), logger)
    try {
      const ready = await fetch(`${arv.url}/readyz`)
      expect(await ready.json()).toMatchObject({
        status: 'ready',
        parts: { tenancy: 'ready', content: 'ready', media: 'ready', analytics: 'ready' },
      })
      expect(await ask(arv, '{ __typename }')).toEqual({ data: { __typename: 'Query' } })
      expect(arv.administrator).toMatchObject({ email: 'admin@example.com', newPassword: undefined })
      const signIn = `mutation { signIn(input: { email: "admin@example.com", password: "${PASSWORD}" }) {
        session { user { email } } userErrors { code message } } }`
      expect(await ask(arv, signIn)).toEqual({
        data: { signIn: { session: { user: { email: 'admin@example.com' } }, userErrors: [] } },
      })
    } finally {
      await arv.close()
    }
    await expect(fetch(`${arv.url}/readyz`)).rejects.toThrow('fetch failed')
  })

  test('a port that is in use is said before anything is started', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      await expect(start(settingsWith({ PORT: String(port) }), logger)).rejects.toThrow(
        `Port ${port} is in use: stop what listens there, or set PORT to another.`,
      )
    } finally {
      squatter.close()
    }
  })
})

test('however often it starts, there is one administrator, and the default company has its folders', async () => {
  const arv = await startArv(settingsWith(), logger)
  await arv.close()
  expect(await onDatabase((sql) => sql`select count(*)::int as n from tenancy.users`)).toMatchObject([
    { n: 1 },
  ])
  expect((await readdir(join(folder, 'files/companies/1-vertex-ar'))).toSorted()).toEqual([
    'images',
    'markers',
    'other',
    'portraits',
    'videos',
  ])
})

describe('what keeps it from starting is one sentence', () => {
  test('a database that nobody serves', async () => {
    const settings = settingsWith({ DATABASE_URL: 'postgres://owner:secret@127.0.0.1:1/arv' })
    await expect(startArv(settings, logger)).rejects.toThrow(
      "The database of DATABASE_URL (arv on 127.0.0.1:1) can't be used: nothing listens there.",
    )
  })

  test('a wrong password', async () => {
    const url = new URL(database.ownerUrl)
    url.password = 'wrong'
    await expect(startArv(settingsWith({ DATABASE_URL: url.href }), logger)).rejects.toThrow(
      "can't be used: the user or the password is wrong.",
    )
  })

  test('a database that is not there', async () => {
    const url = new URL(database.ownerUrl)
    url.pathname = '/nowhere'
    await expect(startArv(settingsWith({ DATABASE_URL: url.href }), logger)).rejects.toThrow(
      "can't be used: there is no such database.",
    )
  })

  test('a newer schema', async () => {
    await onDatabase(
      (sql) => sql`insert into migrations.applied (name, timestamp) values ('9999_future', '')`,
    )
    await expect(startArv(settingsWith(), logger)).rejects.toThrow(
      'The database holds migration 9999_future, which this version of ARV does not know: start a newer version.',
    )
    await onDatabase((sql) => sql`delete from migrations.applied where name = '9999_future'`)
  })

  test('an administrator’s address that is another user’s', async () => {
    await onDatabase(
      (sql) => sql`insert into tenancy.users (email, name) values ('taken@example.com', 'Somebody')`,
    )
    await expect(startArv(settingsWith({ ARV_ADMIN_EMAIL: 'taken@example.com' }), logger)).rejects.toThrow(
      'ARV_ADMIN_EMAIL is taken@example.com, who is a user already and no administrator: name another address.',
    )
    await onDatabase((sql) => sql`delete from tenancy.users where email = 'taken@example.com'`)
  })
})
