import { type Planted, type TableShape, type Tenant, TENANTS } from '@arv/testkit/canaries'
import type { Sql, TransactionSql } from 'postgres'

/** One sentence of the law, held against the rows themselves. Whatever `holds` does is rolled back. */
export interface Probe {
  readonly name: string
  /** The tables that it is about. */
  readonly tables: readonly string[]
  holds(tx: TransactionSql): Promise<boolean>
}

const SUBGRAPHS = ['tenancy', 'content', 'media', 'analytics'] as const
const KEEPERS = 'arv_log_writer'
/** Only the viewer's login may run these, and it can become nobody else. */
const VIEWER = 'arv_viewer_login'

/** What each role of the subgraphs may see and do in each table that it has rights on, and what functions answer. */
export async function policyProbes(sql: Sql, planted: Planted): Promise<Probe[]> {
  const ofRoles = SUBGRAPHS.flatMap((subgraph) =>
    planted.tables.map((table) => probesOfTable(sql, planted, subgraph, table)),
  )
  return [
    ...(await Promise.all(ofRoles)).flat(),
    ...logProbes(planted),
    ...visitorProbes(planted),
    ...accessProbes(planted),
  ]
}

async function probesOfTable(
  sql: Sql,
  planted: Planted,
  subgraph: string,
  table: TableShape,
): Promise<Probe[]> {
  const role = `arv_${subgraph}`
  const { name } = table
  const column = table.tenantColumn ?? 'id'
  const keyOf = (tenant: Tenant) =>
    planted.id(tenant, table.tenantColumn === 'company_id' ? 'tenancy.companies' : name)
  const [rights] = await sql<
    { reads: boolean; sees: boolean; inserts: boolean; updates: boolean; deletes: boolean }[]
  >`
    select has_column_privilege(${role}, ${name}, ${column}, 'select') as reads,
      has_column_privilege(${`${role}_platform`}, ${name}, ${column}, 'select') as sees,
      has_column_privilege(${role}, ${name}, ${column}, 'insert') as inserts,
      has_column_privilege(${role}, ${name}, ${column}, 'update') as updates,
      has_table_privilege(${role}, ${name}, 'delete') as deletes`
  const asAlpha = async (tx: TransactionSql, statement: string) => {
    await become(tx, role, planted.id('alpha', 'tenancy.companies'))
    return tx.unsafe<{ key: string | number }[]>(statement)
  }
  const seen = (rows: readonly { key: string | number }[]) =>
    TENANTS.filter((tenant) => rows.some(({ key }) => Number(key) === keyOf(tenant))).join()
  const selectKeys = `select distinct ${column} as key from ${name}`
  const probe = (may: boolean | undefined, what: string, holds: Probe['holds']): Probe[] =>
    may ? [{ name: `${role}: ${what} ${name}`, tables: [name], holds }] : []
  return [
    ...probe(
      rights?.reads,
      'as alpha reads alpha’s rows only of',
      async (tx) => seen(await asAlpha(tx, selectKeys)) === 'alpha',
    ),
    ...probe(rights?.sees, 'as the platform reads all rows of', async (tx) => {
      await become(tx, `${role}_platform`)
      return seen(await tx.unsafe<{ key: number }[]>(selectKeys)) === TENANTS.join()
    }),
    ...probe(rights?.inserts, 'as alpha makes no row for beta in', (tx) =>
      isRefused(asAlpha(tx, `insert into ${name} (${column}) values (${keyOf('beta')})`)),
    ),
    ...probe(rights?.updates, 'as alpha gives no row away in', (tx) =>
      isRefused(
        asAlpha(tx, `update ${name} set ${column} = ${keyOf('beta')} where ${column} = ${keyOf('alpha')}`),
      ),
    ),
    ...probe(rights?.updates, 'as alpha changes no row of beta in', async (tx) => {
      const statement = `update ${name} set ${column} = ${column} where ${column} = ${keyOf('beta')}`
      return (await asAlpha(tx, statement)).count === 0
    }),
    ...probe(rights?.deletes, 'as alpha removes no row of beta in', async (tx) => {
      return (await asAlpha(tx, `delete from ${name} where ${column} = ${keyOf('beta')}`)).count === 0
    }),
  ]
}

/** The log's own functions, and the role that they run as. */
function logProbes({ id }: Planted): Probe[] {
  const [alpha, beta] = [id('alpha', 'tenancy.companies'), id('beta', 'tenancy.companies')]
  const markErased = async (tx: TransactionSql) => {
    await tx`delete from leaving.erasures`
    await tx`update tenancy.companies set is_active = false, erased_at = now() where id = ${alpha}`
  }
  const visible = async (tx: TransactionSql, table: string) => {
    await become(tx, KEEPERS, alpha)
    const rows = await tx.unsafe<{ n: number }[]>(`select count(*)::int as n from ${table}`)
    return rows[0]?.n ?? 0
  }
  return [
    {
      name: 'events are appended, and forgotten after a week',
      tables: ['log.events'],
      holds: async (tx) => {
        await become(tx, 'arv_content', alpha)
        await tx`select log.append_event('content.details', 'content', 7)`
        await tx`reset role`
        const [added] =
          await tx`update log.events set created_at = now() - interval '8 days' where subject_id = 7 returning id`
        await become(tx, 'arv_content_platform')
        const [forgotten] = await tx<{ n: number }[]>`select log.forget_events(100) as n`
        return added !== undefined && forgotten?.n === 1
      },
    },
    ...['log.events', 'log.audit_entries', 'log.audit_seals'].map((table) => ({
      name: `${KEEPERS} removes nothing of ${table} that is younger than a week, and of a company that stays`,
      tables: [table],
      holds: async (tx: TransactionSql) => {
        await become(tx, KEEPERS, alpha)
        return (await tx.unsafe(`delete from ${table}`)).count === 0
      },
    })),
    {
      name: 'no erasure begins of a company that was not marked as erased',
      tables: ['tenancy.companies', 'leaving.erasures'],
      holds: async (tx) => {
        await tx`delete from leaving.erasures`
        await become(tx, 'arv_tenancy_platform', alpha)
        return isRefused(tx`select leaving.begin_erasure('a')`, 'is not marked as erased')
      },
    },
    {
      name: 'a company that is erased leaves nothing in the log, and others lose nothing',
      tables: ['log.events', 'log.audit_entries', 'log.audit_seals', 'leaving.erasures'],
      holds: async (tx) => {
        await markErased(tx)
        await become(tx, 'arv_tenancy_platform', alpha)
        await tx`select leaving.begin_erasure('a')`
        await tx`select leaving.erase_log(1000)`
        await tx`reset role`
        const left = await tx<{ alpha: number; beta: number }[]>`
          select count(*) filter (where company_id = ${alpha})::int as alpha,
            count(distinct kind) filter (where company_id = ${beta})::int as beta
          from (select 1 as kind, company_id from log.audit_entries union all select 2, company_id from log.audit_seals
            union all select 3, company_id from log.events) as entries`
        return left[0]?.alpha === 0 && left[0].beta === 3
      },
    },
    {
      name: 'how far an erasure has got is noted',
      tables: ['tenancy.companies', 'leaving.erasures'],
      holds: async (tx) => {
        await markErased(tx)
        await become(tx, 'arv_tenancy_platform', alpha)
        await tx`select leaving.begin_erasure('a')`
        await tx`select leaving.note_erasure('FILES', '{"assets": 2}')`
        const [row] = await tx<{ step: string }[]>`select step from leaving.erasures`
        return row?.step === 'FILES'
      },
    },
    {
      name: 'audit entries are appended, and read back for the fields that changed since',
      tables: ['log.audit_entries'],
      holds: async (tx) => {
        await become(tx, 'arv_content', alpha)
        await tx`select log.append_audit('content.update', 'ArContent', 7, '{"title": ["a", "b"]}', 2)`
        const [row] = await tx<
          { fields: string[] }[]
        >`select log.fields_changed_since('ArContent', 7, 1) as fields`
        return row?.fields.join() === 'title'
      },
    },
    {
      name: `${KEEPERS} reads audit entries of the changed company only`,
      tables: ['log.audit_entries'],
      holds: async (tx) => {
        await become(tx, KEEPERS, alpha)
        const rows = await tx<{ key: number }[]>`select distinct company_id as key from log.audit_entries`
        return rows.map(({ key }) => key).join() === String(alpha) && alpha !== beta
      },
    },
    {
      name: 'the audit log’s chain goes on where it ended',
      tables: ['log.audit_seals'],
      holds: async (tx) => {
        await become(tx, 'arv_tenancy_platform')
        await tx`select log.append_audit_seals(array[${alpha}::int], array[3], array[7::bigint], array['9'], array[repeat('ab', 32)])`
        return (await visible(tx, 'log.audit_seals')) > 0
      },
    },
  ]
}

/** What a visitor learns and leaves, by the functions that strangers may run. */
function visitorProbes({ id, canaries }: Planted): Probe[] {
  const at = (table: string, column: string, row = 0) =>
    canaries.uuid({ tenant: 'alpha', table, column, row })
  const content = at('content.ar_contents', 'unique_id')
  const portrait = at('content.portraits', 'unique_id')
  const image = at('media.assets', 'public_id')
  const session = '0190c9a4-0000-7000-8000-000000000001'
  const alpha = id('alpha', 'tenancy.companies')
  const shown = async (tx: TransactionSql, uniqueId: string) => {
    await become(tx, VIEWER)
    const [row] = await tx<
      { videos: { captions: unknown[] }[]; schedules: unknown; image: string | null; marker: string | null }[]
    >`
      select videos, schedules, image_public_id as image, marker_public_id as marker
      from content.viewer_content(${[uniqueId]})`
    return row
  }
  const start = async (tx: TransactionSql, uniqueId: string) => {
    await become(tx, VIEWER)
    const [row] = await tx<{ answer: string }[]>`
      select analytics.start_view_session(${uniqueId}, ${session}, false, null, 'OTHER', null, null, null, null, null) as answer`
    return row?.answer
  }
  const files = async (tx: TransactionSql) => {
    await become(tx, VIEWER)
    return (await tx`select public_id from media.public_files(${[image]})`).length
  }
  const withdrawn = (name: string, table: string, withdraw: string): Probe => ({
    name: `a visitor sees nothing of what is withdrawn: ${name}`,
    tables: [table],
    holds: async (tx) => {
      await tx.unsafe(`update ${table} set ${withdraw}`)
      const [seen, found] = [await shown(tx, content), await files(tx)]
      const started = await start(tx, content)
      return (
        seen === undefined && started === 'unknown' && (table === 'tenancy.companies' ? found === 0 : true)
      )
    },
  })
  return [
    {
      name: 'a visitor sees what is shown, with its videos, their captions, its rotation and its files',
      tables: [
        'tenancy.companies',
        'tenancy.projects',
        'content.ar_contents',
        'content.videos',
        'content.video_captions',
        'content.rotation_schedules',
        'media.assets',
      ],
      holds: async (tx) => {
        // Schedules are handed out around a boundary only.
        await tx`update content.ar_contents set next_change_at = now()`
        const row = await shown(tx, content)
        const whole =
          row &&
          row.videos.some(({ captions }) => captions.length > 0) &&
          row.schedules !== null &&
          row.image !== null &&
          row.marker !== null
        return whole === true && (await files(tx)) === 1
      },
    },
    {
      name: 'a visitor sees a portrait',
      tables: ['content.portraits'],
      holds: async (tx) => (await shown(tx, portrait)) !== undefined,
    },
    withdrawn('the company', 'tenancy.companies', 'is_active = false'),
    withdrawn('the project', 'tenancy.projects', 'archived_at = now()'),
    withdrawn('the content', 'content.ar_contents', 'published_at = null'),
    {
      name: 'a visitor sees no file that is not ready',
      tables: ['media.assets'],
      holds: async (tx) => {
        await tx`update media.assets set status = 'PROCESSING'`
        return (await shown(tx, content)) === undefined && (await files(tx)) === 0
      },
    },
    {
      name: 'a visit is recorded, and counted once',
      tables: [
        'analytics.view_sessions',
        'analytics.view_session_keys',
        'analytics.content_views',
        'analytics.video_plays',
      ],
      holds: async (tx) => {
        const [video] = await tx<{ id: number; unique_id: string; plays: number }[]>`
          select v.id, v.unique_id, coalesce(p.plays_count, 0) as plays
          from content.ar_contents c
            join content.videos v on v.company_id = c.company_id and v.content_id = c.id
            left join analytics.video_plays p on p.company_id = v.company_id and p.video_id = v.id
          where c.unique_id = ${content} order by v.id limit 1`
        if (!video) return false
        const [first, again] = [await start(tx, content), await start(tx, content)]
        await tx`select analytics.report_view_session(${session}, ${video.unique_id}, 9, null, true, false, true)`
        await tx`reset role`
        const [row] = await tx<{ seconds: number; views: number; plays: number }[]>`
          select s.duration_seconds as seconds, v.views_count as views, p.plays_count as plays
          from analytics.view_sessions s
            join analytics.content_views v using (company_id, content_id)
            join analytics.video_plays p using (company_id, video_id)
          where s.session_id = ${session} and s.company_id = ${alpha}`
        const before = canaries.number({
          tenant: 'alpha',
          table: 'analytics.content_views',
          column: 'views_count',
          row: 0,
        })
        const isCounted = row?.views === before + 1 && row.plays === video.plays + 1
        return first === 'started' && again === 'repeated' && row?.seconds === 9 && isCounted
      },
    },
  ]
}

/** What every change asks inside its transaction: may this caller, still? */
function accessProbes({ id }: Planted): Probe[] {
  const standing = async (tx: TransactionSql, actor: string) => {
    await become(tx, 'arv_content', id('alpha', 'tenancy.companies'))
    await tx`select set_config('arv.actor', ${actor}, true)`
    const [row] = await tx<{ standing: string | null }[]>`select tenancy.actor_standing() as standing`
    return row?.standing ?? null
  }
  return [
    {
      name: 'an owner’s standing is found in their company, and in no other',
      tables: ['tenancy.companies', 'tenancy.memberships', 'tenancy.users'],
      holds: async (tx) =>
        (await standing(tx, `user:${id('alpha', 'tenancy.users')}`)) === 'OWNER' &&
        (await standing(tx, `user:${id('beta', 'tenancy.users')}`)) === null,
    },
    {
      name: 'a platform administrator’s standing is found',
      tables: ['tenancy.users'],
      holds: async (tx) => {
        await tx`update tenancy.users set is_platform_admin = true where id = ${id('beta', 'tenancy.users')}`
        return (await standing(tx, `user:${id('beta', 'tenancy.users')}`)) === 'PLATFORM_ADMIN'
      },
    },
    {
      name: 'a key’s standing is found in its company, and in no other',
      tables: ['tenancy.api_keys'],
      holds: async (tx) =>
        (await standing(tx, `key:${id('alpha', 'tenancy.api_keys')}`)) === 'OWNER' &&
        (await standing(tx, `key:${id('beta', 'tenancy.api_keys')}`)) === null,
    },
  ]
}

async function become(tx: TransactionSql, role: string, ...companyIds: readonly number[]): Promise<void> {
  await tx`reset role`
  await tx`select set_config('arv.company_ids', ${`{${companyIds.join(',')}}`}, true), set_config('role', ${role}, true)`
}

/** By row-level security unless told otherwise, which is asked before any constraint is. */
async function isRefused(attempt: Promise<unknown>, why = 'row-level security'): Promise<boolean> {
  try {
    await attempt
    return false
  } catch (error) {
    return error instanceof Error && error.message.includes(why)
  }
}
