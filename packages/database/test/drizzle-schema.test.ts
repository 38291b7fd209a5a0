import * as analytics from '@arv/drizzle/schema/analytics'
import * as content from '@arv/drizzle/schema/content'
import * as gateway from '@arv/drizzle/schema/gateway'
import * as leaving from '@arv/drizzle/schema/leaving'
import * as log from '@arv/drizzle/schema/log'
import * as media from '@arv/drizzle/schema/media'
import * as tenancy from '@arv/drizzle/schema/tenancy'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onConnection } from './schema-snapshot.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** PostgreSQL's names for the types that Drizzle names its own way. */
const TYPE_NAMES: Record<string, string> = {
  'timestamp with time zone': 'timestamp with time zone',
  time: 'time without time zone',
}

function describedTables(): string[] {
  return [tenancy, content, media, analytics, log, leaving, gateway]
    .flatMap((schema) => Object.values(schema))
    .filter((value) => is(value, PgTable))
    .flatMap((table) => {
      const { schema, name, columns } = getTableConfig(table)
      return columns.map((column) => {
        const type = TYPE_NAMES[column.getSQLType()] ?? column.getSQLType()
        const hasDefault =
          (column.hasDefault && column.default !== undefined) || column.generatedIdentity !== undefined
        return `${schema}.${name}.${column.name} ${type}${column.notNull ? ' not null' : ''}${hasDefault ? ' default' : ''}`
      })
    })
    .toSorted()
}

test('Drizzle describes every table and column as the migrations made them', async () => {
  const rows = await onConnection(
    database.ownerUrl,
    (sql) => sql<{ line: string }[]>`
      select format('%s.%s.%s %s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        case when a.atthasdef or a.attidentity <> '' then ' default' else '' end) as line
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('tenancy', 'content', 'media', 'analytics', 'log', 'leaving', 'gateway') and c.relkind in ('r', 'p')
        and not c.relispartition and a.attnum > 0 and not a.attisdropped`,
  )
  expect(describedTables()).toEqual(rows.map(({ line }) => line).toSorted())
})
