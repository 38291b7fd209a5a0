import { companies, type Database, type Tenant, type WriteTx } from '@arv/database'
import type { JobSender } from '@arv/jobs'

/** A table whose rows belong to a company, and what of them an export holds. */
export interface ExportedTable {
  /** With its schema: `content.videos`. */
  readonly name: string
  /** In SQL, of the row `t`; `t.company_id = company.id` unless given. */
  readonly where?: string
  /** Columns by which rows are ordered, and told apart. */
  readonly key: readonly [string, ...string[]]
  /** Columns that stay behind: secrets, and what means nothing elsewhere. */
  readonly without?: readonly string[]
  /** For a table that only grows and may have millions of rows: read in steps, as far as it went at the start. */
  readonly isLarge?: boolean
}

/** Which export asks. */
export interface ExportRequest {
  readonly companyId: number
  readonly exportId: number
  /** The subgraph that gives. */
  readonly part: 'tenancy' | 'content' | 'media' | 'analytics'
}

const ROWS_A_LINE = 500
const ROWS_A_STEP = 20_000

/**
 * Gives all rows of a subgraph to an export. Its tables are read by one statement, so as they were at one moment; large
 * ones follow in steps. The rows never leave PostgreSQL here: whoever writes the archive reads them, some hundred at
 * a time. May be repeated: what an earlier run left is thrown away. Nothing happens when the export is gone.
 */
export async function exportPart(
  { database, jobs }: { readonly database: Database; readonly jobs: JobSender },
  request: ExportRequest,
  tables: readonly ExportedTable[],
  signal: AbortSignal,
): Promise<void> {
  const tenant = companies([request.companyId], { kind: 'job', name: `export.${request.part}` })
  if (await database.read(tenant, (tx) => isGiven(tx, request))) return
  const small = tables.filter(({ isLarge }) => isLarge !== true)
  await database.write(tenant, async (tx) => {
    await forget(tx, request, tables)
    if (small.length > 0) await copyAtOnce(tx, request, small)
  })
  for (const table of tables) {
    if (table.isLarge === true) await copyInSteps(database, tenant, request, table, signal)
  }
  await database.write(tenant, async (tx) => {
    await tx.sql`
      insert into leaving.export_parts (company_id, export_id, part, tables)
      values (${request.companyId}, ${request.exportId}, ${request.part}, ${tables.map(({ name }) => name)}::text[])
      on conflict do nothing`
    const { companyId, exportId } = request
    await jobs.send(tx, 'export.write', { companyId, exportId })
  })
}

async function isGiven({ sql }: Pick<WriteTx, 'sql'>, { exportId, part }: ExportRequest): Promise<boolean> {
  const rows = await sql`select from leaving.export_parts where export_id = ${exportId} and part = ${part}`
  return rows.length > 0
}

async function forget(
  { sql }: WriteTx,
  { exportId }: ExportRequest,
  tables: readonly ExportedTable[],
): Promise<void> {
  const names = tables.map(({ name }) => name)
  await sql`delete from leaving.export_lines where export_id = ${exportId} and table_name = any (${names}::text[])`
}

/** What is put together here is our own text; values are parameters. */
async function copyAtOnce(
  { sql }: WriteTx,
  { companyId, exportId }: ExportRequest,
  tables: readonly ExportedTable[],
): Promise<void> {
  const selects = tables.map(
    (table) =>
      `select '${table.name}' as table_name, ${placeOf(table)} as place, ${lineOf(table)} as line
       from ${table.name} t, (select $1::int as id) company where ${whereOf(table)}`,
  )
  await sql.unsafe(
    `insert into leaving.export_lines (company_id, export_id, table_name, sequence, row_count, lines)
     select $1::int, $2::int, table_name, (place - 1) / ${ROWS_A_LINE}, count(*), string_agg(line, E'\\n' order by place)
     from (${selects.join(' union all ')}) found group by table_name, (place - 1) / ${ROWS_A_LINE}`,
    [companyId, exportId],
  )
}

/** Each step goes on behind the last row of the one before, up to the rows that there were at the first. */
async function copyInSteps(
  database: Database,
  tenant: Tenant,
  { companyId, exportId }: ExportRequest,
  table: ExportedTable,
  signal: AbortSignal,
): Promise<void> {
  const keys = table.key.map((column) => `t.${column}`).join(', ')
  const keyOf = (parameter: string) =>
    `(select (jsonb_populate_record(null::${table.name}, ${parameter}::jsonb)).*)`
  const bound = (comparison: string, parameter: string) =>
    `(${keys}) ${comparison} (select ${table.key.map((column) => `k.${column}`).join(', ')} from ${keyOf(parameter)} k)`
  const keyObject = `jsonb_build_object(${table.key.map((column) => `'${column}', t.${column}`).join(', ')})`
  const from = `from ${table.name} t, (select $1::int as id) company where ${whereOf(table)}`
  const descending = table.key.map((column) => `t.${column} desc`).join(', ')

  const [last] = await database.read(tenant, ({ sql }) =>
    sql.unsafe<{ key: string }[]>(`select ${keyObject}::text as key ${from} order by ${descending} limit 1`, [
      companyId,
    ]),
  )
  let after: string | undefined
  for (let step = 0; last !== undefined; step += 1) {
    signal.throwIfAborted()
    const behind = after === undefined ? '' : `and ${bound('>', '$4')}`
    const [reached] = await database.write(tenant, ({ sql }) =>
      sql.unsafe<{ rows: number; key: string }[]>(
        `with found as materialized (
           select ${placeOf(table)} as place, ${lineOf(table)} as line, ${keyObject} as key
           ${from} and ${bound('<=', '$3')} ${behind} order by ${keys} limit ${ROWS_A_STEP}
         ), copied as (
           insert into leaving.export_lines (company_id, export_id, table_name, sequence, row_count, lines)
           select $1::int, $2::int, '${table.name}', ${(step * ROWS_A_STEP) / ROWS_A_LINE} + (place - 1) / ${ROWS_A_LINE},
             count(*), string_agg(line, E'\\n' order by place)
           from found group by (place - 1) / ${ROWS_A_LINE}
         )
         select count(*)::int as rows, (select key::text from found order by place desc limit 1) as key from found`,
        after === undefined ? [companyId, exportId, last.key] : [companyId, exportId, last.key, after],
      ),
    )
    if (!reached || reached.rows < ROWS_A_STEP) break
    after = reached.key
  }
}

function placeOf({ key }: ExportedTable): string {
  return `row_number() over (order by ${key.map((column) => `t.${column}`).join(', ')})`
}

function lineOf({ without = [] }: ExportedTable): string {
  return `(to_jsonb(t) - '{${without.join(',')}}'::text[])::text`
}

function whereOf({ where }: ExportedTable): string {
  return where ?? 't.company_id = company.id'
}
