import type { Database, Tenant, Tx } from '@arv/database'

/** A table of an export, as its subgraph gave it. */
export interface GivenTable {
  readonly name: string
  readonly rows: number
  /** Of its lines in UTF-8, each with its line feed. */
  readonly bytes: number
}

/** All tables of an export in alphabetical order, also those without a row; and which subgraphs have given theirs. */
export async function readExportTables(
  { sql }: Tx,
  exportId: number,
): Promise<{ readonly parts: { part: string; takenAt: Date }[]; readonly tables: GivenTable[] }> {
  const parts = await sql<{ part: string; takenAt: Date }[]>`
    select part, taken_at as "takenAt" from leaving.export_parts where export_id = ${exportId} order by part`
  const tables = await sql<GivenTable[]>`
    select t.name, coalesce(sum(l.row_count), 0)::int as rows, coalesce(sum(octet_length(l.lines) + 1), 0)::bigint as bytes
    from leaving.export_parts p cross join unnest(p.tables) t (name)
      left join leaving.export_lines l on l.export_id = p.export_id and l.table_name = t.name
    where p.export_id = ${exportId}
    group by t.name order by t.name`
  return { parts: [...parts], tables: [...tables] }
}

/** The lines of one table, some hundred at a time: never more than these are in memory. */
export async function* readExportLines(
  database: Database,
  tenant: Tenant,
  exportId: number,
  table: string,
): AsyncGenerator<Buffer> {
  for (let after = -1; ;) {
    const [chunk] = await database.read(
      tenant,
      ({ sql }) => sql<{ sequence: number; lines: string }[]>`
        select sequence, lines from leaving.export_lines
        where export_id = ${exportId} and table_name = ${table} and sequence > ${after}
        order by sequence limit 1`,
    )
    if (!chunk) return
    yield Buffer.from(`${chunk.lines}\n`)
    after = chunk.sequence
  }
}
