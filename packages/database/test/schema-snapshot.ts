import postgres from 'postgres'

/** Runs `ask` on one connection of its own. */
export async function onConnection<T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await ask(sql)
  } finally {
    await sql.end()
  }
}

const OURS = [
  'arv',
  'tenancy',
  'content',
  'media',
  'analytics',
  'log',
  'leaving',
  'gateway',
  'jobs',
  'public',
]

/** Everything that migrations make, one line each: tables, columns, constraints, indexes, functions, policies, rights. */
export function schemaSnapshot(url: string): Promise<string[]> {
  return onConnection(url, async (sql) => {
    const rows = await sql<{ line: string }[]>`
      with ours as (select oid, nspname from pg_namespace where nspname = any (${OURS})),
      lines as (
        select format('schema %s %s', n.nspname, n.nspacl) as line from pg_namespace n join ours using (oid)
        union all
        select format('relation %s %s %s %s %s %s', c.oid::regclass, c.relkind, pg_get_userbyid(c.relowner),
          c.relacl, c.relrowsecurity, c.relforcerowsecurity)
        from pg_class c join ours on ours.oid = c.relnamespace
        union all
        select format('column %s.%s %s %s %s %s', a.attrelid::regclass, a.attname,
          format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attacl)
        from pg_attribute a join pg_class c on c.oid = a.attrelid join ours on ours.oid = c.relnamespace
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attnum > 0 and not a.attisdropped
        union all
        select format('constraint %s %s %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
        from pg_constraint c join ours on ours.oid = c.connamespace
        union all
        select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
          join ours on ours.oid = c.relnamespace
        union all
        select format('%s owner %s acl %s', pg_get_functiondef(p.oid), pg_get_userbyid(p.proowner), p.proacl)
        from pg_proc p join ours on ours.oid = p.pronamespace where p.prokind = 'f'
        union all
        select format('policy %s.%s %s %s %s %s %s', p.schemaname, p.tablename, p.policyname, p.roles, p.cmd, p.qual, p.with_check)
        from pg_policies p where p.schemaname = any (${OURS})
      )
      select line from lines order by line collate "C"`
    return rows.map(({ line }) => line)
  })
}
