import { integer, PgDialect, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { toCursor } from './cursor.ts'
import { drizzleKeyset } from './drizzle-keyset.ts'
import type { Ordering, Position } from './ordering.ts'
import { parsePageArgs } from './page.ts'

const projects = pgTable('projects', {
  id: integer().primaryKey(),
  name: text().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  expiresAt: timestamp('expires_at', { withTimezone: true }),
})

function sqlOf(
  ordering: Ordering,
  sort: (typeof projects)['name' | 'createdAt' | 'expiresAt' | 'id'],
  args: { first?: number; last?: number; after?: Position },
) {
  const after = args.after && toCursor(ordering, args.after)
  const reading = parsePageArgs({ ...args, after }, ordering)
  if (reading.kind === 'invalid') throw new Error(reading.message)
  const keyset = drizzleKeyset(reading.page, { sort, id: projects.id })
  const dialect = new PgDialect()
  return {
    where: keyset.where && dialect.sqlToQuery(keyset.where).sql,
    params: keyset.where && dialect.sqlToQuery(keyset.where).params,
    orderBy: keyset.orderBy.map((order) => dialect.sqlToQuery(order).sql).join(', '),
    sortValue: dialect.sqlToQuery(keyset.sortValue).sql,
    limit: keyset.limit,
  }
}

const at = '2026-11-05T12:00:00.123456Z'

describe('a keyset in SQL', () => {
  test('a column that can’t be null is one row comparison, in the order of a plain index', () => {
    const ordering: Ordering = { key: 'CREATED_AT', direction: 'desc', type: 'timestamp' }
    expect(sqlOf(ordering, projects.createdAt, { first: 10, after: { sort: at, id: 17 } })).toEqual({
      where: '("projects"."created_at", "projects"."id") < ($1::text::timestamp with time zone, $2::bigint)',
      params: [at, 17],
      orderBy: '"projects"."created_at" desc, "projects"."id" desc',
      sortValue: `to_char("projects"."created_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
      limit: 11,
    })
  })

  test('a column that may be null has its nulls last, first when read backwards', () => {
    const ordering: Ordering = { key: 'EXPIRES_AT', direction: 'asc', type: 'timestamp', nullable: true }
    expect(sqlOf(ordering, projects.expiresAt, { first: 1, after: { sort: at, id: 17 } })).toMatchObject({
      where:
        '(("projects"."expires_at", "projects"."id") > ($1::text::timestamp with time zone, $2::bigint) or "projects"."expires_at" is null)',
      orderBy: '"projects"."expires_at" asc nulls last, "projects"."id" asc',
    })
    expect(sqlOf(ordering, projects.expiresAt, { last: 1, after: { sort: null, id: 17 } })).toMatchObject({
      where: '("projects"."expires_at" is null and "projects"."id" > $1::bigint)',
      orderBy: '"projects"."expires_at" desc nulls first, "projects"."id" desc',
    })
  })

  test('a name is compared as text', () => {
    const ordering: Ordering = { key: 'NAME', direction: 'asc', type: 'text' }
    expect(sqlOf(ordering, projects.name, { after: { sort: "O'Hara", id: 1 } })).toEqual({
      where: '("projects"."name", "projects"."id") > ($1::text::text, $2::bigint)',
      params: ["O'Hara", 1],
      orderBy: '"projects"."name" asc, "projects"."id" asc',
      sortValue: '"projects"."name"',
      limit: 21,
    })
  })

  test('the id alone needs no second column', () => {
    const ordering: Ordering = { key: 'ID', direction: 'desc', type: 'id' }
    expect(sqlOf(ordering, projects.id, { after: { sort: null, id: 9 } })).toMatchObject({
      where: '"projects"."id" < $1::bigint',
      orderBy: '"projects"."id" desc',
    })
  })

  test('a first page has no condition', () => {
    const ordering: Ordering = { key: 'NAME', direction: 'asc', type: 'text' }
    expect(sqlOf(ordering, projects.name, {}).where).toBeUndefined()
  })
})
