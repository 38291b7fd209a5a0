import type { Sql } from 'postgres'

/** A column as it has to be filled. */
export interface ColumnShape {
  readonly name: string
  /** As PostgreSQL calls it inside: `int4`, `_text` for an array of texts. */
  readonly type: string
  /** What a check lets a text be; empty when anything goes. */
  readonly choices: readonly string[]
  /** The most that a check lets a number be. */
  readonly most: number | null
  /** The table that a foreign key finds the value in: `media.assets`. */
  readonly references: string | null
  /** May be null, and a check looks into it, or at it together with other columns: perhaps it has to be null. */
  readonly isConditional: boolean
}

/** A table with rows that belong to tenants. */
export interface TableShape {
  /** `media.assets` */
  readonly name: string
  /** The column that says whose a row is; null where only who refers to it says so. */
  readonly tenantColumn: 'company_id' | 'id' | null
  readonly columns: readonly ColumnShape[]
}

/** Tables without a company's column whose rows are a tenant's nevertheless: of who refers to them. */
const REFERRED_TO = new Set(['tenancy.users', 'media.storage_connections'])

interface Found {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly checks: string[]
  readonly references: string | null
  readonly isConditional: boolean
}

/** Every table that holds rows of tenants, by name; found by its columns, so that a new one is there by itself. */
export async function readTableShapes(sql: Sql): Promise<TableShape[]> {
  const found = await sql<Found[]>`
    select c.oid::regclass::text as table, a.attname as column, t.typname as type,
      coalesce((select array_agg(pg_get_constraintdef(k.oid)) from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]), '{}') as checks,
      (select k.confrelid::regclass::text from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0
          and k.confkey[array_position(k.conkey, a.attnum)] =
            (select attnum from pg_attribute where attrelid = k.confrelid and attname = 'id') limit 1) as references,
      not a.attnotnull and exists (select from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)
          and (cardinality(k.conkey) > 1 or t.typname = 'jsonb')) as "isConditional"
    from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      join pg_type t on t.oid = a.atttypid
    where n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema', 'jobs', 'migrations', 'gateway')
      and c.relkind in ('r', 'p') and not c.relispartition
    order by 1, a.attnum`
  const tables = Map.groupBy(found, ({ table }) => table)
  return [...tables].flatMap(([name, columns]) => {
    const isTenants = columns.some(({ column }) => column === 'company_id')
    if (!isTenants && name !== 'tenancy.companies' && !REFERRED_TO.has(name)) return []
    const tenantColumn = isTenants ? 'company_id' : name === 'tenancy.companies' ? 'id' : null
    return [{ name, tenantColumn, columns: columns.map(shapeOf) } as const]
  })
}

function shapeOf({ column, type, checks, references, isConditional }: Found): ColumnShape {
  const check = checks.join(' ')
  const most = /<= \(?(\d+)/.exec(check)?.[1]
  return {
    name: column,
    type,
    choices: check.includes('ANY (ARRAY[')
      ? [...check.matchAll(/'([^']*)'::text/g)].map(([, choice]) => choice ?? '')
      : [],
    most: most === undefined ? null : Number(most),
    references,
    isConditional,
  }
}
