import { randomUUID } from 'node:crypto'
import type { Seed } from '@arv/testkit'
import { photoLike } from '@arv/testkit/photos'
import { type Client, textAt } from '../client.ts'

export const PASSWORD = 'a password of theirs'

/** A company that has something of everything. */
export interface Tenant {
  readonly companyId: string
  readonly id: number
  readonly slug: string
  readonly owner: { readonly userId: string; readonly email: string; readonly token: string }
  readonly keySecret: string
  readonly photo: Buffer
  readonly photoUrl: string
  readonly contentUniqueId: string
}

/** Where a tenant is made. */
interface Place {
  client(accessToken?: string): Client
}

/** Made by its people as far as they can, and by SQL where that would take long. */
export async function createTenant(
  platform: Place,
  seed: Seed,
  adminToken: string,
  name: string,
): Promise<Tenant> {
  const admin = platform.client(adminToken)
  const created = await admin.send('CreateCompany', { input: { name } })
  const companyId = textAt(created, 'createCompany', 'company', 'id')
  const slug = textAt(created, 'createCompany', 'company', 'slug')
  const email = `owner@${slug}.example`
  const member = { companyId, email, name: `Owner of ${name}`, password: PASSWORD, role: 'OWNER' }
  const added = await admin.send('AddMember', { input: member })
  const signedIn = await platform.client().send('SignIn', { input: { email, password: PASSWORD } })
  const token = textAt(signedIn, 'signIn', 'session', 'accessToken')
  const client = platform.client(token)
  const project = await client.send('CreateProject', { input: { companyId, name: `Album of ${name}` } })
  const projectId = textAt(project, 'createProject', 'project', 'id')
  const photo = await photoLike(slug.length, { width: 320, height: 256 })
  const upload = await client.upload(
    'UploadAsset',
    { companyId, projectId, kind: 'IMAGE' },
    { name: 'bride.jpg', bytes: photo },
  )
  const key = await client.send('CreateApiKey', { input: { companyId, name: 'Shop', role: 'VIEWER' } })
  const id = rowIdOf(companyId)
  const imageId = rowIdOf(textAt(upload, 'uploadAsset', 'asset', 'id'))
  return {
    companyId,
    id,
    slug,
    owner: { userId: textAt(added, 'addMember', 'member', 'user', 'id'), email, token },
    keySecret: textAt(key, 'createApiKey', 'secret'),
    photo,
    photoUrl: textAt(upload, 'uploadAsset', 'asset', 'url'),
    contentUniqueId: await seedContent(seed, id, rowIdOf(projectId), imageId),
  }
}

/** A content that plays a video, with a rotation, a portrait, visits and a notification. */
async function seedContent(seed: Seed, companyId: number, projectId: number, imageId: number) {
  const { sql } = seed
  const content = await seed.content(companyId, projectId, imageId, { published_at: '2020-01-01T00:00:00Z' })
  const video = await seed.video(companyId, content.id, imageId)
  await sql`
    insert into content.video_captions (company_id, content_id, video_id, language, label, file_id, place)
    values (${companyId}, ${content.id}, ${video.id}, 'de', 'Deutsch', ${imageId}, 0)`
  await sql`
    update content.ar_contents set active_video_id = ${video.id}, active_video_rule = 'MANUAL',
      manual_video_id = ${video.id}, manual_since = now()
    where id = ${content.id}`
  await sql`
    insert into content.rotation_schedules (company_id, content_id, rotation_type, cron_expression, video_sequence)
    values (${companyId}, ${content.id}, 'CRON', '0 12 * * *', ${[video.id]})`
  await sql`
    insert into content.video_activations (company_id, content_id, video_id, rule, since)
    values (${companyId}, ${content.id}, ${video.id}, 'MANUAL', now())`
  await sql`
    insert into content.portraits (company_id, image_id, storage_connection_id)
    select ${companyId}, ${imageId}, storage_connection_id from tenancy.companies where id = ${companyId}`
  await sql`
    insert into tenancy.notifications (company_id, project_id, content_id, notification_type, subject, message)
    values (${companyId}, ${projectId}, ${content.id}, 'MARKER_FAILED', 'A marker', 'It failed.')`
  await sql`
    insert into tenancy.notification_deliveries (company_id, notification_id, channel, state, next_attempt_at)
    select company_id, id, 'EMAIL', 'SKIPPED', null from tenancy.notifications where company_id = ${companyId}`
  await sql`
    insert into log.audit_seals (company_id, sequence, entry_id, tx, hash)
    select company_id, 1, id, tx, sha256('') from log.audit_entries where company_id = ${companyId} order by id limit 1
    on conflict do nothing`
  await sql`
    insert into analytics.view_sessions (company_id, project_id, content_id, session_id)
    select ${companyId}, ${projectId}, ${content.id}, gen_random_uuid() from generate_series(1, 2500)`
  await sql`
    insert into analytics.view_session_keys (session_id, id, unique_id, company_id, created_at)
    values (${randomUUID()}, 1, ${content.uniqueId}, ${companyId}, now())`
  await sql`
    insert into analytics.content_views (company_id, content_id, views_count) values (${companyId}, ${content.id}, 2500)`
  await sql`
    insert into analytics.video_plays (company_id, video_id, plays_count)
    select company_id, id, 2000 from content.videos where company_id = ${companyId}`
  return content.uniqueId
}

/** The row's id in a global id. */
function rowIdOf(globalId: string): number {
  return Number(Buffer.from(globalId, 'base64url').toString('utf8').split(':')[1])
}

/** The tables that hold rows of companies: those of each subgraph, and the log. */
export async function tablesOfCompanies({ sql }: Seed): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select format('%s.%s', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id'
    where n.nspname in ('tenancy', 'content', 'media', 'analytics', 'log') and c.relkind in ('r', 'p')
      and not c.relispartition
    order by 1`
  return rows.map(({ name }) => name)
}

/** How many rows of a company each table has, of those that have any. */
export async function countRows(seed: Seed, companyId: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await tablesOfCompanies(seed)) {
    const [row] = await seed.sql<{ count: number }[]>`
      select count(*)::int as count from ${seed.sql(table)} where company_id = ${companyId}`
    if (row && row.count > 0) counts[table] = row.count
  }
  return counts
}

/** All rows of a company, digested by table. Seals come while a test runs, and are of the log. */
export async function digestRows(seed: Seed, companyId: number): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const table of await tablesOfCompanies(seed)) {
    if (table === 'log.audit_seals') continue
    const [row] = await seed.sql<{ digest: string }[]>`
      select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
      from ${seed.sql(table)} t where company_id = ${companyId}`
    digests[table] = row?.digest ?? ''
  }
  const [company] = await seed.sql<{ text: string }[]>`
    select t::text as text from tenancy.companies t where id = ${companyId}`
  return { ...digests, 'tenancy.companies': company?.text ?? '' }
}
