import type { Sql } from 'postgres'
import { type Tenant, TENANTS } from './canaries.ts'
import type { Planted } from './plant-canaries.ts'
import type { TableShape } from './table-shapes.ts'

/** What the tenants' rows were, compared with what they are. */
export interface TenantRows {
  /** Tables in which a tenant's rows are no longer what they were. */
  changed(): Promise<{ tenant: Tenant; table: string }[]>
  /** Makes all of them what they were. */
  restore(tables: ReadonlySet<string>): Promise<void>
}

/** When a key was last used is written a moment after the answer, and whoever's key it is. */
const NOT_COMPARED = ['last_used_at']

/** Remembers the tenants' rows as they are now, in the database itself. */
export async function rememberTenantRows(sql: Sql, { tables, id }: Planted): Promise<TenantRows> {
  await sql`create schema remembered`
  for (const { name } of tables) {
    await sql.unsafe(`create table ${copyOf(name)} as select * from ${name}`)
  }
  const whose = (table: TableShape, tenant: Tenant) =>
    table.tenantColumn === null
      ? `t.id between ${id(tenant, table.name)} and ${id(tenant, table.name, 99)}`
      : `t.${table.tenantColumn} = ${id(tenant, 'tenancy.companies')}`
  const digestsOf = (table: TableShape) =>
    TENANTS.map((tenant) => {
      const rows = `to_jsonb(t) - '{${NOT_COMPARED.join(',')}}'::text[]`
      return `select '${tenant}' as tenant, '${table.name}' as table, (
        select md5(string_agg((${rows})::text, '|' order by (${rows})::text)) from ${table.name} t
        where ${whose(table, tenant)}) as digest`
    }).join(' union all ')
  const look = async (at: readonly TableShape[]) => {
    const found = await Promise.all(
      at.map((table) =>
        sql.unsafe<{ tenant: Tenant; table: string; digest: string }[]>(digestsOf(table), [], {
          prepare: true,
        }),
      ),
    )
    return found.flatMap((rows) => [...rows])
  }
  const digests = new Map<string, { tenant: Tenant; table: string; digest: string }>()
  const note = async (at: readonly TableShape[]) => {
    for (const found of await look(at)) digests.set(`${found.tenant} ${found.table}`, found)
  }
  const writings = createWritings(sql, tables)
  await writings.sinceLast()
  await note(tables)
  const remembered = new Map([...digests].map(([key, { digest }]) => [key, digest]))

  return {
    async changed() {
      await note(await writings.sinceLast())
      return [...digests]
        .filter(([key, { digest }]) => remembered.get(key) !== digest)
        .map(([, { tenant, table }]) => ({ tenant, table }))
    },
    async restore(names) {
      await sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`
        for (const table of tables.filter(({ name }) => names.has(name))) {
          const ours = TENANTS.map((tenant) => whose(table, tenant)).join(' or ')
          await tx.unsafe(`delete from ${table.name} t where ${ours}`)
          await tx.unsafe(
            `insert into ${table.name} overriding system value select * from ${copyOf(table.name)} t where ${ours}`,
          )
        }
      })
    },
  }
}

/** Which tables were written to: every row's place and writer, which is far less to read than what is in them. */
function createWritings(sql: Sql, tables: readonly TableShape[]) {
  const states = new Map<string, string | null>()
  const query = tables
    .map(
      ({ name }) =>
        `select '${name}' as name, (select md5(string_agg(ctid::text || xmin::text, ',')) from ${name}) as state`,
    )
    .join(' union all ')
  return {
    async sinceLast(): Promise<TableShape[]> {
      const now = await sql.unsafe<{ name: string; state: string | null }[]>(query, [], { prepare: true })
      const written = new Set<string>()
      for (const { name, state } of now) {
        if (states.get(name) !== state) written.add(name)
        states.set(name, state)
      }
      return tables.filter(({ name }) => written.has(name))
    },
  }
}

const copyOf = (table: string) => `remembered.${table.replace('.', '_')}`
