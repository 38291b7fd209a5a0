import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'

test('a test database is migrated, and logins reach it', async () => {
  const database = await createTestDatabase()
  const sql = postgres(database.urls.content, { max: 1 })
  expect(await sql`select session_user::text as name`).toEqual([{ name: 'arv_content_login' }])
  await sql.end()
  await database.drop()
})

test('what one test database holds, another does not', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const sql = postgres(one.ownerUrl, { max: 1 })
  await sql`create table mine (id int)`
  await sql.end()
  const otherSql = postgres(other.ownerUrl, { max: 1 })
  expect(await otherSql`select to_regclass('mine') as found`).toEqual([{ found: null }])
  await otherSql.end()
  await Promise.all([one.drop(), other.drop()])
})

test('a connection that a test left open fails its drop, and the database is gone all the same', async () => {
  const database = await createTestDatabase()
  const sql = postgres(database.ownerUrl, { max: 1, onclose: () => {} })
  await sql`select 1 as forgotten`
  await expect(database.drop()).rejects.toThrow(/left connections to its database open:\narv, .*forgotten/)
  await expect(sql`select 1`).rejects.toThrow(/does not exist|terminating connection/)
  await sql.end()
})
