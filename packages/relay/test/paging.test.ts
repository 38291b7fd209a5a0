import { parsePageArgs, toConnection } from '@arv/relay'
import type { Ordering, PageArgs } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { createTestDatabase } from '@arv/testkit'
import type { TestDatabase } from '@arv/testkit'
import { sql } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const projects = pgTable('paged_projects', {
  id: integer().primaryKey(),
  name: text().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  expiresAt: timestamp('expires_at', { withTimezone: true }),
})

let database: TestDatabase
let client: postgres.Sql

beforeAll(async () => {
  database = await createTestDatabase()
  client = postgres(database.ownerUrl, { max: 1 })
  // Sixty rows in seven microseconds of one millisecond, a third of which never expire.
  await client`
    create table paged_projects as
    select id, chr(65 + id % 5) || '''s' as name,
      timestamptz '2026-11-05 12:00:00.123456+00' + id % 7 * interval '1 microsecond' as created_at,
      case when id % 3 > 0 then timestamptz '2026-12-31 23:59:59.999998+00' + id % 4 * interval '1 microsecond' end as expires_at
    from generate_series(1, 60) as id`
  // What a cursor says must not depend on the connection's settings.
  await client`set timezone to 'Asia/Tokyo'`
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

const orderings = [
  { key: 'NAME', type: 'text', column: projects.name },
  { key: 'CREATED_AT', type: 'timestamp', column: projects.createdAt },
  { key: 'EXPIRES_AT', type: 'timestamp', nullable: true, column: projects.expiresAt },
  { key: 'ID', type: 'id', column: projects.id },
] as const

async function select(ordering: Ordering, column: (typeof orderings)[number]['column'], args: PageArgs) {
  const reading = parsePageArgs(args, ordering)
  if (reading.kind === 'invalid') throw new Error(reading.message)
  const keyset = drizzleKeyset(reading.page, { sort: column, id: projects.id })
  const rows = await drizzle({ client })
    .select({ id: projects.id, sort: keyset.sortValue })
    .from(projects)
    .where(keyset.where)
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
  return toConnection({
    page: reading.page,
    rows,
    positionOf: (row) => row,
    nodeOf: (row) => row.id,
    totalCount: () => Promise.resolve(60),
  })
}

const cases = orderings.flatMap(({ column, ...shape }) =>
  (['asc', 'desc'] as const).flatMap((direction) =>
    [1, 7, 60].map((size) => ({
      ordering: { ...shape, direction },
      column,
      size,
      key: shape.key,
      direction,
    })),
  ),
)

describe('pages of PostgreSQL’s rows', () => {
  test.each(cases)(
    'of $size by $key $direction hold each row once, forwards and backwards',
    async (parts) => {
      const { ordering, column, size, direction } = parts
      const sorted = sql.raw(direction === 'asc' ? 'asc nulls last' : 'desc nulls last')
      const expected = await drizzle({ client })
        .select({ id: projects.id })
        .from(projects)
        .orderBy(sql`${column} ${sorted}`, sql`${projects.id} ${sorted}`)

      const forwards: number[] = []
      for (let args: PageArgs | null = { first: size }; args !== null;) {
        const { edges, pageInfo } = await select(ordering, column, args)
        forwards.push(...edges.map((edge) => edge.node))
        args = pageInfo.hasNextPage ? { first: size, after: pageInfo.endCursor } : null
      }
      expect(forwards).toEqual(expected.map((row) => row.id))

      const backwards: number[] = []
      for (let args: PageArgs | null = { last: size }; args !== null;) {
        const { edges, pageInfo } = await select(ordering, column, args)
        backwards.unshift(...edges.map((edge) => edge.node))
        args = pageInfo.hasPreviousPage ? { last: size, before: pageInfo.startCursor } : null
      }
      expect(backwards).toEqual(expected.map((row) => row.id))
    },
  )
})
