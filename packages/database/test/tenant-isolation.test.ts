import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  companies,
  createDatabase,
  type Database,
  LOGINS,
  platform,
  type Tenant,
  type Tx,
} from '../src/index.ts'
import { onConnection } from './schema-snapshot.ts'
import { makeTwoCompanies, ONE, OTHER } from './two-companies.ts'

const SUBGRAPHS = ['tenancy', 'content', 'media', 'analytics'] as const
const NOBODY = { kind: 'nobody' } as const
const job = { kind: 'job', name: 'test' } as const

let database: TestDatabase
const open: Record<string, Database> = {}
/** Every table that says whose its rows are; the company's own table says so by its id. */
let tenantTables: { name: string; column: string }[]

beforeAll(async () => {
  database = await createTestDatabase()
  await makeTwoCompanies(database.ownerUrl)
  for (const subgraph of SUBGRAPHS) {
    open[subgraph] = createDatabase({
      subgraph,
      url: database.urls[subgraph],
      viewerUrl: database.urls.viewer,
      pool: { max: 1 },
    })
  }
  const rows = await onConnection(
    database.ownerUrl,
    (sql) => sql<{ name: string }[]>`
      select format('%I.%I', table_schema, table_name) as name from information_schema.columns
      where column_name = 'company_id' and table_schema <> 'jobs'
        and format('%I.%I', table_schema, table_name)::regclass not in (select inhrelid from pg_inherits)
      order by 1`,
  )
  tenantTables = [
    { name: 'tenancy.companies', column: 'id' },
    ...rows.map(({ name }) => ({ name, column: 'company_id' })),
  ]
})

afterAll(async () => {
  await Promise.all(Object.values(open).map((each) => each.close()))
  await database.drop()
})

function databaseOf(subgraph: string): Database {
  const found = open[subgraph]
  if (!found) throw new Error(`no database for ${subgraph}`)
  return found
}

/** The tables on whose tenant column `role` has this right. */
async function tablesWithRight(role: string, right: 'select' | 'insert' | 'update' | 'delete') {
  const found = await onConnection(
    database.ownerUrl,
    (sql) => sql<{ name: string }[]>`
      select name from unnest(${tenantTables.map(({ name }) => name)}::text[]) as name
      where case when ${right} = 'delete' then has_table_privilege(${role}, name, 'delete')
        else has_column_privilege(${role}, name, case when name = 'tenancy.companies' then 'id' else 'company_id' end, ${right}) end`,
  )
  const names = new Set(found.map(({ name }) => name))
  return tenantTables.filter(({ name }) => names.has(name))
}

async function companiesSeen(tx: Tx, { name, column }: { name: string; column: string }) {
  const rows = await tx.sql.unsafe<{ company: number }[]>(
    `select distinct ${column} as company from ${name} where ${column} in (${ONE}, ${OTHER}) order by 1`,
  )
  return rows.map(({ company }) => company)
}

describe('row-level security', () => {
  test('is forced, with policies, on every table that belongs to tenants, and holds for who reads a view', async () => {
    expect(tenantTables.length).toBeGreaterThanOrEqual(17)
    const unprotected = await onConnection(
      database.ownerUrl,
      (sql) => sql`
        select c.oid::regclass::text as name from pg_class c
        where c.oid = any (${tenantTables.map(({ name }) => name)}::regclass[])
          and not (c.relkind = 'v' and 'security_invoker=true' = any (c.reloptions))
          and not (c.relrowsecurity and c.relforcerowsecurity
            and exists (select from pg_policies p where format('%I.%I', p.schemaname, p.tablename)::regclass = c.oid
              and p.policyname = 'tenant')
            and exists (select from pg_policies p where format('%I.%I', p.schemaname, p.tablename)::regclass = c.oid
              and p.policyname = 'platform'))`,
    )
    expect([...unprotected]).toEqual([])
  })

  test('is not walked around through a partition, on which nobody has rights', async () => {
    const reachable = await onConnection(
      database.ownerUrl,
      (sql) => sql`
        select inhrelid::regclass::text as name, rolname from pg_inherits, pg_roles
        where rolname like 'arv\\_%' and has_table_privilege(rolname, inhrelid, 'select, insert, update, delete')
          and inhparent::regclass::text like 'analytics.%'`,
    )
    expect([...reachable]).toEqual([])
  })

  test('binds every role of ours: none is a superuser, bypasses it, or is a member of one that is not ours', async () => {
    const wild = await onConnection(
      database.ownerUrl,
      (sql) => sql`
        select rolname from pg_roles r where rolname like 'arv\\_%'
          and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit
            or exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
              where m.member = r.oid and g.rolname not like 'arv\\_%'))`,
    )
    expect([...wild]).toEqual([])
  })
})

describe.each(SUBGRAPHS)('%s', (subgraph) => {
  const asOne = companies([ONE], NOBODY)

  test('as one company reads that company’s rows in every table, and no other’s', async () => {
    const tables = await tablesWithRight(`arv_${subgraph}`, 'select')
    expect(tables.length).toBeGreaterThan(0)
    for (const table of tables) {
      const seen = await databaseOf(subgraph).read(asOne, (tx) => companiesSeen(tx, table))
      expect({ table: table.name, seen }).toEqual({ table: table.name, seen: [ONE] })
    }
  })

  test('as no company reads nothing', async () => {
    for (const table of await tablesWithRight(`arv_${subgraph}`, 'select')) {
      const seen = await databaseOf(subgraph).read(companies([], NOBODY), (tx) => companiesSeen(tx, table))
      expect({ table: table.name, seen }).toEqual({ table: table.name, seen: [] })
    }
  })

  test('as the platform reads every company’s rows', async () => {
    for (const table of await tablesWithRight(`arv_${subgraph}_platform`, 'select')) {
      const seen = await databaseOf(subgraph).read(platform(NOBODY), (tx) => companiesSeen(tx, table))
      expect({ table: table.name, seen }).toEqual({ table: table.name, seen: [ONE, OTHER] })
    }
  })

  test('as one company can’t make, change, give away or remove a row of another', async () => {
    const run = (statement: string) =>
      databaseOf(subgraph).write(asOne, async (tx) => (await tx.sql.unsafe(statement)).count)
    for (const { name, column } of await tablesWithRight(`arv_${subgraph}`, 'insert')) {
      const refusal = /row-level security|cannot insert a non-DEFAULT/
      await expect(run(`insert into ${name} (${column}) values (${OTHER})`), name).rejects.toThrow(refusal)
    }
    for (const { name, column } of await tablesWithRight(`arv_${subgraph}`, 'update')) {
      expect(await run(`update ${name} set ${column} = ${ONE} where ${column} = ${OTHER}`), name).toBe(0)
      const given = run(`update ${name} set ${column} = ${OTHER} where ${column} = ${ONE}`)
      await expect(given, name).rejects.toThrow('row-level security')
    }
    for (const { name, column } of await tablesWithRight(`arv_${subgraph}`, 'delete')) {
      expect(await run(`delete from ${name} where ${column} = ${OTHER}`), name).toBe(0)
    }
  })

  test('a read changes nothing', async () => {
    const change = (tx: Tx) => tx.sql`select log.append_audit('test', 'company', 1)`
    await expect(databaseOf(subgraph).read(asOne, change)).rejects.toThrow('read-only transaction')
  })

  test('can write no other subgraph’s tables, beside what it gives to an export', async () => {
    for (const role of [`arv_${subgraph}`, `arv_${subgraph}_platform`]) {
      for (const right of ['insert', 'update', 'delete'] as const) {
        const foreign = (await tablesWithRight(role, right)).filter(
          ({ name }) => !name.startsWith(`${subgraph}.`) && !name.startsWith('leaving.export_'),
        )
        expect({ role, right, foreign }).toEqual({ role, right, foreign: [] })
      }
    }
  })
})

describe('what is of no company', () => {
  test('a user is seen by themselves and by who shares a company with them', async () => {
    const ids = (tenant: Tenant) =>
      databaseOf('tenancy').read(tenant, async (tx) =>
        (await tx.sql<{ id: number }[]>`select id from tenancy.users order by id`).map(({ id }) => id),
      )
    expect(await ids(companies([ONE], NOBODY))).toEqual([ONE])
    expect(await ids(companies([], { kind: 'user', userId: OTHER }))).toEqual([OTHER])
    expect(await ids(companies([], NOBODY))).toEqual([])
  })

  test('refresh tokens are the platform’s alone', async () => {
    const read = (tx: Tx) => tx.sql`select id from tenancy.refresh_tokens`
    await expect(databaseOf('tenancy').read(companies([ONE], NOBODY), read)).rejects.toThrow(
      'permission denied',
    )
    expect(await databaseOf('tenancy').read(platform(NOBODY), read)).toHaveLength(2)
  })
})

describe('the log', () => {
  const append = (tx: Tx) => tx.sql`select log.append_event('test', 'content', 7)`

  test('takes the company and the actor from the transaction', async () => {
    await databaseOf('content').write(companies([ONE], job), async (tx) => {
      await tx.sql`select log.append_audit('test.append', 'content', 7)`
    })
    const rows = await onConnection(
      database.ownerUrl,
      (sql) => sql`select company_id, actor from log.audit_entries where action = 'test.append'`,
    )
    expect([...rows]).toEqual([{ company_id: ONE, actor: 'job:test' }])
  })

  test.each([
    ['no company', companies([], job)],
    ['two companies', companies([ONE, OTHER], job)],
    ['the whole platform', platform(job)],
  ])('refuses a write that names %s', async (_what, tenant) => {
    await expect(databaseOf('content').write(tenant, append)).rejects.toThrow(
      'a change needs exactly one company',
    )
  })

  test.each(['log.events', 'log.audit_entries'])('%s can be changed by nobody', async (table) => {
    for (const subgraph of SUBGRAPHS) {
      for (const statement of [`update ${table} set company_id = 1`, `delete from ${table}`]) {
        const attempt = databaseOf(subgraph).write(platform(job, ONE), (tx) => tx.sql.unsafe(statement))
        await expect(attempt, `${subgraph}: ${statement}`).rejects.toThrow('permission denied')
      }
    }
  })
})

describe('a login that took no role', () => {
  test.each(LOGINS)('%s can read no table', async (login) => {
    const rights = await onConnection(database.urls[login], async (sql) => {
      const tables = await sql<{ name: string }[]>`
        select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('tenancy', 'content', 'media', 'analytics', 'log', 'leaving', 'gateway', 'jobs', 'migrations')
          and c.relkind in ('r', 'p', 'v')
          and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select, insert, update')`
      return tables.map(({ name }) => name)
    })
    expect(rights).toEqual([])
    const attempt = onConnection(database.urls[login], (sql) => sql`select 1 from tenancy.companies`)
    await expect(attempt).rejects.toThrow('permission denied')
  })

  test.each(SUBGRAPHS)('%s can become nobody else', async (login) => {
    const others = ['arv', ...SUBGRAPHS.filter((name) => name !== login).map((name) => `arv_${name}`)]
    for (const role of [...others, 'arv_viewer_reader', 'arv_log_writer', 'arv_access_reader']) {
      const attempt = onConnection(
        database.urls[login],
        (sql) => sql`select set_config('role', ${role}, false)`,
      )
      await expect(attempt, role).rejects.toThrow('permission denied')
    }
  })

  test('the viewer’s can run its own functions and nothing else of ours', async () => {
    const rows = await onConnection(
      database.urls.viewer,
      (sql) => sql<{ name: string }[]>`
        select format('%I.%I', n.nspname, p.proname) as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('tenancy', 'content', 'media', 'analytics', 'log', 'leaving', 'gateway', 'jobs', 'migrations')
          and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute') order by 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual([
      'analytics.report_view_session',
      'analytics.start_view_session',
      'content.viewer_content',
      'media.public_files',
    ])
  })

  test('the viewer sees what is live when it knows the address, and not what is not', async () => {
    const [content] = await onConnection(
      database.ownerUrl,
      (sql) => sql<{ unique_id: string }[]>`select unique_id from content.ar_contents where id = ${ONE}`,
    )
    const ask = () =>
      databaseOf('content').viewer(
        (sql) =>
          sql<
            { company_id: number }[]
          >`select company_id from content.viewer_content(${[content?.unique_id ?? '']})`,
      )
    expect([...(await ask())]).toEqual([{ company_id: ONE }])
    await onConnection(
      database.ownerUrl,
      (sql) => sql`update tenancy.companies set is_active = false where id = ${ONE}`,
    )
    expect([...(await ask())]).toEqual([])
    await onConnection(database.ownerUrl, (sql) => sql`update tenancy.companies set is_active = true`)
  })
})

describe('a tenant is numbers', () => {
  test.each([['1}, {2'], ['101); drop table tenancy.companies; --'], [Number.NaN], [1.5]])(
    '%j as a company id is an error and nothing else',
    async (id) => {
      const tenant = companies([id as number], NOBODY)
      const read = databaseOf('tenancy').read(tenant, (tx) => tx.sql`select id from tenancy.companies`)
      await expect(read).rejects.toThrow(/invalid input syntax|malformed array literal/)
    },
  )

  test('an actor’s name is data, not SQL', async () => {
    const actor = { kind: 'job', name: `x', 'y'); drop table log.audit_entries; --` } as const
    await databaseOf('content').write(companies([ONE], actor), async (tx) => {
      await tx.sql`select log.append_audit('test.actor', 'content', 7)`
    })
    const rows = await onConnection(
      database.ownerUrl,
      (sql) => sql`select actor from log.audit_entries where action = 'test.actor'`,
    )
    expect([...rows]).toEqual([{ actor: `job:x', 'y'); drop table log.audit_entries; --` }])
  })
})
