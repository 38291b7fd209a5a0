import postgres, { type Sql, type TransactionSql } from 'postgres'
import { type Canaries, createCanaries, type Place, type Tenant, TENANTS } from './canaries.ts'
import { rowsOf, type Value, valueOf } from './row-values.ts'
import { readTableShapes, type TableShape } from './table-shapes.ts'

export interface Planted {
  readonly tables: readonly TableShape[]
  readonly canaries: Canaries
  /** The id of a tenant's row: `id('beta', 'media.assets', 1)`. */
  readonly id: (tenant: Tenant, table: string, row?: number) => number
  /** How many rows each tenant has in a table. */
  readonly rows: (table: string) => number
}

interface Options {
  /** Values that the tests know better, by `table.column`. */
  readonly values?: Readonly<Record<string, (place: Place) => Value>>
  /** Tables that stay empty. */
  readonly without?: readonly string[]
}

/**
 * Gives three tenants a few rows in every table that holds rows of tenants. Each text, number, UUID, time and address
 * in them says whose it is, so that whoever finds it where it doesn't belong knows where it came from.
 *
 * @param sql of the superuser, whom no policy holds
 */
export async function plantCanaries(sql: Sql, { values = {}, without = [] }: Options = {}): Promise<Planted> {
  const tables = (await readTableShapes(sql)).filter(({ name }) => !without.includes(name))
  const canaries = createCanaries(tables)
  await sql.begin(async (tx) => {
    // Rows refer to each other in circles; what refers to what is right by construction.
    await tx`set local session_replication_role = replica`
    for (const table of tables) {
      for (const tenant of TENANTS) {
        for (let row = 0; row < rowsOf(table.name); row++) {
          await insertRow(tx, table, Object.fromEntries(valuesOf(table, tenant, row, canaries, values)))
        }
      }
    }
  })
  return {
    tables,
    canaries,
    id: (tenant, table, row = 0) => canaries.number({ tenant, table, column: 'id', row }),
    rows: rowsOf,
  }
}

function valuesOf(
  table: TableShape,
  tenant: Tenant,
  row: number,
  canaries: Canaries,
  given: NonNullable<Options['values']>,
): [string, Value][] {
  return table.columns.flatMap((column) => {
    const place = { tenant, table: table.name, column: column.name, row }
    const own = given[`${table.name}.${column.name}`]
    const value = own ? own(place) : valueOf(table, column, place, canaries)
    return value === undefined ? [] : [[column.name, value] satisfies [string, Value]]
  })
}

/** Where checks say what goes with what, as much is null as has to be. */
async function insertRow(
  tx: TransactionSql,
  table: TableShape,
  values: Record<string, Value>,
): Promise<void> {
  const conditional = table.columns.filter(({ isConditional }) => isConditional).map(({ name }) => name)
  let problem: unknown
  for (const nulls of subsets(conditional)) {
    try {
      const row = { ...values, ...Object.fromEntries(nulls.map((name) => [name, null])) }
      return await tx.savepoint((inner) => insert(inner, table.name, row))
    } catch (error) {
      problem ??= error
      if (!(error instanceof postgres.PostgresError) || error.code !== CHECK_VIOLATION) break
    }
  }
  throw new Error(`${table.name} took no canaries: say what its columns have to be in row-values.ts`, {
    cause: problem,
  })
}

const CHECK_VIOLATION = '23514'

/** The smaller ones first. */
function subsets(names: readonly string[]): string[][] {
  const all = Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_name, at) => bits & (1 << at)),
  )
  return all.toSorted((a, b) => a.length - b.length)
}

async function insert(tx: TransactionSql, table: string, values: Record<string, Value>): Promise<void> {
  const columns = Object.keys(values)
  await tx.unsafe(
    `insert into ${table} (${columns.map((column) => `"${column}"`).join(', ')}) overriding system value
    values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) on conflict do nothing`,
    Object.values(values).map((value) => value as never),
  )
}
