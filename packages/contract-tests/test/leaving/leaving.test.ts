import { createHash } from 'node:crypto'
import { createSeed, type Seed } from '@arv/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, textAt } from '../client.ts'
import { type Platform, SHAPES, startPlatform } from '../platform.ts'
import { readArchive } from './read-archive.ts'
import { countRows, createTenant, digestRows, tablesOfCompanies, type Tenant } from './tenant.ts'

const SOON = { timeout: 60_000, interval: 200 }

/** What is of no use elsewhere. A table that is new has to be in the export, or here. */
const NOT_EXPORTED = [
  'analytics.view_session_keys',
  'log.audit_seals',
  'log.events',
  'media.company_exports',
  'media.storage_reservations',
  'media.unsettled_files',
]
/** All others have rows of the company before it is erased. A table that is new has to be filled in tenant.ts. */
const MAYBE_EMPTY = ['media.storage_reservations', 'media.unsettled_files']

const EXPORT = `mutation ($companyId: ID!) { exportCompany(input: { companyId: $companyId }) {
  companyExport { id status requestedBy { email } } userErrors { code field message } } }`
const EXPORTS = `query ($id: ID!) { company(id: $id) { exports {
  id status progress url sizeBytes checksumSha256 expiresAt error } } }`
const ERASE = `mutation ($companyId: ID!, $confirmSlug: String!) {
  eraseCompany(input: { companyId: $companyId, confirmSlug: $confirmSlug }) {
    erasure { step requestedBy { email } } userErrors { code field message } } }`
const ERASURE = `query ($companyId: ID!) { companyErasure(companyId: $companyId) {
  companyId slugSha256 step finishedAt requestedBy { email } removed { table rows } } }`

/** A company takes everything with it, and goes; each test goes on from the one before. */
describe.for(SHAPES)('in %s', (shape) => {
  let platform: Platform
  let seed: Seed
  let adminToken: string
  let acme: Tenant
  let other: Tenant
  let othersBefore: Record<string, string>

  async function ask(token: string, query: string, variables: Record<string, unknown>): Promise<unknown> {
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return response.json()
  }
  const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

  beforeAll(async () => {
    platform = await startPlatform(shape)
    seed = createSeed(platform.ownerUrl)
    const session = await platform.client().send('SignIn', { input: platform.administrator })
    adminToken = textAt(session, 'signIn', 'session', 'accessToken')
    acme = await createTenant(platform, seed, adminToken, 'Acme Prints')
    other = await createTenant(platform, seed, adminToken, 'Other Prints')
    // Somebody who works in both, and an owner of the other one.
    const both = { email: 'both@arv.example', name: 'Both', password: 'a password of both' }
    const admin = platform.client(adminToken)
    for (const { companyId } of [acme, other]) {
      await admin.send('AddMember', { input: { ...both, companyId, role: 'EDITOR' } })
    }
  }, 180_000)

  afterAll(async () => {
    await seed.close()
    await platform.close()
  })

  test('an owner has everything exported, once at a time, and nobody else may', async () => {
    const wants = (token: string) => ask(token, EXPORT, { companyId: acme.companyId })
    expect(await wants(other.owner.token)).toMatchObject({
      data: { exportCompany: { companyExport: null, userErrors: [{ code: 'NOT_FOUND' }] } },
    })
    const answers = await Promise.all([wants(acme.owner.token), wants(acme.owner.token)])
    const isBegun = (answer: unknown) => JSON.stringify(answer).includes('GATHERING')
    expect(answers.filter(isBegun)).toMatchObject([
      { data: { exportCompany: { companyExport: { requestedBy: { email: acme.owner.email } } } } },
    ])
    expect(answers.filter((answer) => !isBegun(answer))).toMatchObject([
      { data: { exportCompany: { userErrors: [{ code: 'CONFLICT', field: ['companyId'] }] } } },
    ])
  })

  test('the archive has its rows and files, and no secret', async () => {
    const url = await vi.waitFor(async () => {
      const answer = await ask(acme.owner.token, EXPORTS, { id: acme.companyId })
      expect(answer).toMatchObject({
        data: { company: { exports: [{ status: 'COMPLETED', progress: 100, error: null }] } },
      })
      return textAt(answer, 'data', 'company', 'exports', '0', 'url')
    }, SOON)
    const response = await fetch(url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/zip')
    const bytes = Buffer.from(await response.arrayBuffer())
    const [row] =
      await seed.sql`select size_bytes::int as size, checksum_sha256 as checksum from media.company_exports`
    expect({ size: bytes.length, checksum: digest(bytes) }).toEqual({ ...row })

    const files = await readArchive(bytes)
    const manifest: {
      tables: { table: string; rows: number; path: string; checksumSha256: string }[]
      files: { path: string; sizeBytes: number; checksumSha256: string }[]
    } = JSON.parse(String(files.get('manifest.json')))
    const rows = Object.fromEntries(manifest.tables.map((each) => [each.table, each.rows]))
    expect((await tablesOfCompanies(seed)).filter((table) => !(table in rows))).toEqual(NOT_EXPORTED)
    expect(rows).toEqual({
      'analytics.content_views': 1,
      'analytics.video_plays': 1,
      'analytics.view_sessions': 2500,
      'content.ar_contents': 1,
      'content.portraits': 1,
      'content.rotation_schedules': 1,
      'content.video_activations': 1,
      'content.video_captions': 1,
      'content.videos': 1,
      'log.audit_entries': expect.any(Number),
      'media.assets': 2,
      'media.storage_folders': 5,
      'media.storage_usage': 1,
      'tenancy.api_keys': 1,
      'tenancy.companies': 1,
      'tenancy.memberships': 2,
      'tenancy.notification_deliveries': 1,
      'tenancy.notifications': 1,
      'tenancy.projects': 1,
      'tenancy.users': 2,
    })
    for (const each of [...manifest.tables, ...manifest.files]) {
      expect(digest(files.get(each.path) ?? Buffer.alloc(0)), each.path).toBe(each.checksumSha256)
    }
    const sessions = String(files.get('rows/analytics.view_sessions.jsonl')).trimEnd().split('\n')
    expect(new Set(sessions.map((line) => JSON.parse(line).session_id)).size).toBe(2500)
    const photo = Buffer.from(await (await fetch(acme.photoUrl)).arrayBuffer())
    expect(manifest.files.map(({ checksumSha256 }) => checksumSha256)).toContain(digest(photo))
    const users = String(files.get('rows/tenancy.users.jsonl'))
    expect(users).toContain(acme.owner.email)
    const text = [...files]
      .flatMap(([path, file]) => (path.startsWith('rows/') ? [String(file)] : []))
      .join('')
    expect(text).not.toMatch(/password_hash|secret_hash|argon2/)
    expect(text).not.toContain(other.owner.email)
  })

  test('nobody erases a company but an administrator who types its slug', async () => {
    const input = { companyId: acme.companyId, confirmSlug: acme.slug }
    expect(await ask(acme.owner.token, ERASE, input)).toMatchObject({
      data: { eraseCompany: { erasure: null, userErrors: [{ code: 'FORBIDDEN' }] } },
    })
    expect(await ask(adminToken, ERASE, { ...input, confirmSlug: other.slug })).toMatchObject({
      data: { eraseCompany: { erasure: null, userErrors: [{ code: 'INVALID', field: ['confirmSlug'] }] } },
    })
    const [standard] = await seed.sql<{ id: number }[]>`select id from tenancy.companies where is_default`
    const companyId = Buffer.from(`Company:${standard?.id}`).toString('base64url')
    expect(await ask(adminToken, ERASE, { companyId, confirmSlug: 'vertex-ar' })).toMatchObject({
      data: { eraseCompany: { erasure: null, userErrors: [{ code: 'CONFLICT', field: ['companyId'] }] } },
    })
  })

  test('an erased company is shown to nobody at once, and can’t be changed', async () => {
    const visitor: Client = platform.client()
    const shown = () => visitor.send('ViewerContent', { uniqueId: acme.contentUniqueId })
    expect(await shown()).toMatchObject({ viewerContent: { uniqueId: acme.contentUniqueId } })
    othersBefore = await digestRows(seed, other.id)
    const filled = await countRows(seed, acme.id)
    expect((await tablesOfCompanies(seed)).filter((table) => !(table in filled))).toEqual(MAYBE_EMPTY)

    expect(await ask(adminToken, ERASE, { companyId: acme.companyId, confirmSlug: acme.slug })).toMatchObject(
      {
        data: {
          eraseCompany: { erasure: { requestedBy: { email: platform.administrator.email } }, userErrors: [] },
        },
      },
    )
    expect(await shown()).toEqual({ viewerContent: null })
    const input = { id: acme.companyId, isActive: true }
    expect(await platform.client(adminToken).send('UpdateCompany', { input })).toMatchObject({
      updateCompany: { company: null, userErrors: [{ code: expect.stringMatching(/FORBIDDEN|NOT_FOUND/) }] },
    })
  })

  test('nothing of it is left but that it was erased', async () => {
    await vi.waitFor(async () => {
      expect(await ask(adminToken, ERASURE, { companyId: acme.companyId })).toMatchObject({
        data: { companyErasure: { step: 'DONE' } },
      })
    }, SOON)
    const rows = await countRows(seed, acme.id)
    // What told its gateways and viewers goes with the outbox's retention: ids, and nothing else.
    expect(Object.keys(rows)).toEqual(['log.events'])
    const left = await seed.sql`
      select id::text from tenancy.companies where id = ${acme.id}
      union all select email from tenancy.users where email like ${`%${acme.slug}%`}`
    expect([...left]).toEqual([])
    expect((await fetch(acme.photoUrl)).status).toBe(404)

    const { data } = Object(await ask(adminToken, ERASURE, { companyId: acme.companyId }))
    expect(data.companyErasure).toMatchObject({
      companyId: acme.companyId,
      slugSha256: digest(acme.slug),
      finishedAt: expect.any(String),
      requestedBy: { email: platform.administrator.email },
    })
    expect(data.companyErasure.removed).toEqual(
      expect.arrayContaining([
        { table: 'analytics.view_sessions', rows: 2500 },
        { table: 'content.videos', rows: 1 },
        { table: 'media.assets', rows: 2 },
        { table: 'tenancy.memberships', rows: 2 },
        { table: 'tenancy.users', rows: 1 },
      ]),
    )
  })

  test('its people can’t come in any more, and who works elsewhere can', async () => {
    await vi.waitFor(() =>
      expect(platform.client(acme.owner.token).send('Me')).rejects.toThrow('UNAUTHENTICATED'),
    )
    await expect(platform.client(acme.keySecret).send('Companies')).rejects.toThrow('UNAUTHENTICATED')
    const both = { email: 'both@arv.example', password: 'a password of both' }
    expect(await platform.client().send('SignIn', { input: both })).toMatchObject({
      signIn: { session: { user: { email: both.email } } },
    })
  })

  test('another company has all that it had', async () => {
    expect(await digestRows(seed, other.id)).toEqual(othersBefore)
    expect((await fetch(other.photoUrl)).status).toBe(200)
  })
})
