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
  const digests = tables.flatMap((table) =>
    TENANTS.map((tenant) => {
      const rows = `to_jsonb(t) - '{${NOT_COMPARED.join(',')}}'::text[]`
      return `select '${tenant}' as tenant, '${table.name}' as table, (
        select md5(string_agg((${rows})::text, '|' order by (${rows})::text)) from ${table.name} t
        where ${whose(table, tenant)}) as digest`
    }),
  )
  const look = () =>
    sql.unsafe<{ tenant: Tenant; table: string; digest: string }[]>(digests.join(' union all '), [], {
      prepare: true,
    })
  const remembered = new Map(
    (await look()).map(({ tenant, table, digest }) => [`${tenant} ${table}`, digest]),
  )

  return {
    async changed() {
      const now = await look()
      return now.filter(({ tenant, table, digest }) => remembered.get(`${tenant} ${table}`) !== digest)
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

const copyOf = (table: string) => `remembered.${table.replace('.', '_')}`
