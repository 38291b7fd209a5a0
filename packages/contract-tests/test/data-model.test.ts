import { readFileSync } from 'node:fs'
import { Supergraph } from '@apollo/federation-internals'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { isInputObjectType, isObjectType } from 'graphql'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { supergraphSdl } from './contract.ts'

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
const page = read('data-model.md')
const seedFields = read('seed-fields.txt')
  .split('\n')
  .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.split(' ')[0] ?? '']))
const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()

interface Row {
  readonly seedField: string
  /** `Type.field` each, the last one holding the value. */
  readonly graphqlFields: readonly string[]
  readonly isComing: boolean
  /** `schema.table.column` each. */
  readonly columns: readonly string[]
}

const namesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

/** The cells of the page's table rows whose first cell is a name that `first` matches. */
const tableRows = (first: RegExp) =>
  page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([before, name = '']) => before === '' && first.test(name))

const rows: readonly Row[] = tableRows(/^`[A-Z_]+\.[a-z_]+`$/).map(([, seedField, graphql, columns]) => ({
  seedField: namesIn(seedField)[0] ?? '',
  graphqlFields: namesIn(graphql),
  isComing: graphql?.includes('(coming') ?? false,
  columns: namesIn(columns),
}))

let database: TestDatabase
let columns: Set<string>
let tables: string[]
let indexes: Set<string>

beforeAll(async () => {
  database = await createTestDatabase()
  const sql = postgres(database.ownerUrl, { max: 1 })
  const schemas = ['tenancy', 'content', 'media', 'analytics', 'log', 'leaving', 'gateway']
  const found = await sql<{ name: string; column: string }[]>`
    select c.relnamespace::regnamespace || '.' || c.relname as name, a.attname as column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace::regnamespace::text = any(${schemas}) and c.relkind in ('r', 'p') and not c.relispartition`
  columns = new Set(found.map(({ name, column }) => `${name}.${column}`))
  tables = [...new Set(found.map(({ name }) => name))]
  const named = await sql<{ name: string }[]>`
    select schemaname || '.' || indexname as name from pg_indexes where schemaname = any(${schemas})`
  indexes = new Set(named.map(({ name }) => name))
  await sql.end()
})

afterAll(() => database.drop())

describe('docs/data-model.md', () => {
  test('has one row for each of the 160 fields of the seed', () => {
    expect(seedFields).toHaveLength(160)
    expect(rows.map(({ seedField }) => seedField)).toEqual(seedFields)
  })

  test('says for each field what the API calls it and which columns hold it', () => {
    const silent = rows.filter((row) => row.graphqlFields.length === 0 || row.columns.length === 0)
    expect(silent).toEqual([])
  })

  test('names columns that exist', () => {
    const named = rows.flatMap((row) => row.columns)
    expect(named.filter((column) => !columns.has(column))).toEqual([])
  })

  test('names GraphQL fields that exist, unless they are coming', () => {
    const missing = rows.filter((row) => !row.isComing).flatMap((row) => row.graphqlFields)
    expect(missing.filter((field) => !isInSchema(field))).toEqual([])
  })

  test('calls nothing coming that has come', () => {
    const coming = rows.filter((row) => row.isComing).flatMap((row) => row.graphqlFields)
    expect(coming.filter(isInSchema)).toEqual([])
  })

  test('draws every table, and none that does not exist', () => {
    const drawn = [...page.matchAll(/^ +\w+\["(\w+\.\w+)"\] \{$/gm)].map(([, table]) => table)
    expect(new Set(drawn)).toEqual(new Set(tables))
  })

  test('gives each of the five indexes of the seed its place', () => {
    const named = tableRows(/^`idx_\w+`$/)
    expect(named.map(([, seedIndex]) => namesIn(seedIndex)[0])).toEqual([
      'idx_ar_sessions_company_created',
      'idx_ar_sessions_content',
      'idx_companies_slug_active',
      'idx_projects_company_status',
      'idx_rotation_schedules_next',
    ])
    const ours = named.map(([, , index]) => namesIn(index)[0] ?? '')
    expect(ours.filter((index) => !indexes.has(index))).toEqual([])
  })
})

function isInSchema(field: string): boolean {
  const [typeName = '', fieldName = ''] = field.split('.')
  const type = schema.getType(typeName)
  return (isObjectType(type) || isInputObjectType(type)) && Object.hasOwn(type.getFields(), fieldName)
}
