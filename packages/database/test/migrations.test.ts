import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadMigrations } from '@arv/drizzle/migrations'
import { startLocalPostgres } from '@arv/local-postgres'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  LOGINS,
  type Login,
  migrateDown,
  migrateUp,
  NewerSchemaError,
  setLoginPasswords,
} from '../src/index.ts'
import { onConnection, schemaSnapshot } from './schema-snapshot.ts'

const NAMES = Object.keys(loadMigrations())
const PASSWORDS = Object.fromEntries(LOGINS.map((login) => [login, login])) as Record<Login, string>
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** A database in which nothing was ever migrated. */
async function withEmptyDatabase<T>(serverUrl: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `empty_${randomBytes(4).toString('hex')}`
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await onConnection(serverUrl, (sql) => sql`create database ${sql(name)} template template0`)
  try {
    return await use(url.href)
  } finally {
    await onConnection(serverUrl, (sql) => sql`drop database ${sql(name)}`)
  }
}

test('down leaves what was there before the first up, and the second up makes what the first one made', async () => {
  const untouched = await withEmptyDatabase(database.ownerUrl, schemaSnapshot)
  const first = await schemaSnapshot(database.ownerUrl)
  expect(first.length).toBeGreaterThan(500)

  expect(await migrateDown(database.ownerUrl, 'all')).toEqual(NAMES.toReversed())
  expect(await schemaSnapshot(database.ownerUrl)).toEqual(untouched)

  expect(await migrateUp(database.ownerUrl)).toEqual(NAMES)
  expect(await schemaSnapshot(database.ownerUrl)).toEqual(first)
})

test('down takes one migration back when one was asked for', async () => {
  expect(await migrateDown(database.ownerUrl, 'one')).toEqual([NAMES.at(-1)])
  expect(await migrateUp(database.ownerUrl)).toEqual([NAMES.at(-1)])
})

test('of five processes that migrate at once, one does and the others find it done', async () => {
  const ran = await withEmptyDatabase(database.ownerUrl, (url) =>
    Promise.all(Array.from({ length: 5 }, () => migrateUp(url))),
  )
  expect(ran.toSorted((a, b) => b.length - a.length)).toEqual([NAMES, [], [], [], []])
})

test('a database of a newer version is refused, and left as it is', async () => {
  await onConnection(
    database.ownerUrl,
    (sql) => sql`insert into migrations.applied (name, timestamp) values ('9999_future', now()::text)`,
  )
  const before = await schemaSnapshot(database.ownerUrl)
  await expect(migrateUp(database.ownerUrl)).rejects.toThrow(new NewerSchemaError('9999_future'))
  expect(await schemaSnapshot(database.ownerUrl)).toEqual(before)
  await onConnection(
    database.ownerUrl,
    (sql) => sql`delete from migrations.applied where name = '9999_future'`,
  )
})

test('an owner who is no superuser can migrate up and down, and set the passwords', async () => {
  const dataDir = join(tmpdir(), `arv-owner-${randomBytes(4).toString('hex')}`)
  const server = await startLocalPostgres({ dataDir, settings: { fsync: 'off' } })
  try {
    await onConnection(server.ownerUrl, async (sql) => {
      await sql`create role plain_owner login createrole password 'plain'`
      await sql`create database managed owner plain_owner`
    })
    const url = new URL(server.ownerUrl)
    url.username = 'plain_owner'
    url.password = 'plain'
    url.pathname = '/managed'
    expect(await migrateUp(url.href)).toEqual(NAMES)
    const urls = await setLoginPasswords(url.href, PASSWORDS)
    expect(await onConnection(urls.viewer, (sql) => sql`select session_user::text as name`)).toEqual([
      { name: 'arv_viewer_login' },
    ])
    expect(await migrateDown(url.href, 'all')).toEqual(NAMES.toReversed())
    expect(await migrateUp(url.href)).toEqual(NAMES)
  } finally {
    await server.stop({ erase: true })
  }
})
