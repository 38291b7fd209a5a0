import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSeed, createTestDatabase, type Seed, type TestDatabase } from '@arv/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ArvProcess, databaseVariables, signInTo, startArvProcess } from '../arv-process.ts'
import { connectClient, textAt } from '../client.ts'
import { readArchive } from './read-archive.ts'
import { countRows, createTenant, digestRows, type Tenant } from './tenant.ts'

const SESSIONS = 100_000
/** A killed worker is noticed after its heartbeat is missed; the rest is a busy machine's. */
const AFTER_CRASH = { timeout: 300_000, interval: 500 }

let folder: string
let database: TestDatabase
let seed: Seed
let arv: ArvProcess
let adminToken: string
let acme: Tenant
let other: Tenant

const start = () =>
  startArvProcess({
    folder,
    variables: {
      ARV_ACCESS_TOKEN_TTL_SECONDS: '86400',
      ...databaseVariables(database),
    },
  })

async function ask(token: string, query: string): Promise<unknown> {
  const response = await fetch(`${arv.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return response.json()
}

/** Kills the server as soon as the database shows it in the middle of its work, and starts another one. */
async function killOnce(isInTheMiddle: () => Promise<boolean>): Promise<void> {
  while (!(await isInTheMiddle())) await delay(5)
  await arv.kill(await arv.tree())
  expect(await isInTheMiddle()).toBe(true)
  arv = await start()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-leaving-'))
  await chmod(folder, 0o755)
  database = await createTestDatabase()
  seed = createSeed(database.ownerUrl)
  arv = await start()
  adminToken = (await signInTo(arv.url)).accessToken
  const platform = { client: (token?: string) => connectClient(arv.url, token) }
  acme = await createTenant(platform, seed, adminToken, 'Acme Prints')
  other = await createTenant(platform, seed, adminToken, 'Other Prints')
  await seed.sql`
    insert into analytics.view_sessions (company_id, project_id, content_id, session_id, created_at)
    select company_id, project_id, content_id, gen_random_uuid(), created_at - n * interval '1 second'
    from analytics.view_sessions, generate_series(1, ${SESSIONS / 2500 - 1}) n where company_id = ${acme.id}`
}, 300_000)

afterAll(async () => {
  await arv.stop()
  await seed.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

test('an export whose server is killed is whole in the end', { timeout: 600_000 }, async () => {
  await ask(
    acme.owner.token,
    `mutation { exportCompany(input: { companyId: "${acme.companyId}" }) { userErrors { code } } }`,
  )
  await killOnce(async () => {
    const [row] = await seed.sql<{ is: boolean }[]>`
      select exists (select from leaving.export_lines where table_name = 'analytics.view_sessions')
        and not exists (select from leaving.export_parts where part = 'analytics') as is`
    return row?.is ?? false
  })
  const url = await vi.waitFor(async () => {
    const answer = await ask(
      acme.owner.token,
      `{ company(id: "${acme.companyId}") { exports { status url } } }`,
    )
    expect(answer).toMatchObject({ data: { company: { exports: [{ status: 'COMPLETED' }] } } })
    return textAt(answer, 'data', 'company', 'exports', '0', 'url')
  }, AFTER_CRASH)
  const files = await readArchive(Buffer.from(await (await fetch(url)).arrayBuffer()))
  const sessions = String(files.get('rows/analytics.view_sessions.jsonl')).trimEnd().split('\n')
  expect(sessions.length).toBe(SESSIONS)
  expect(new Set(sessions.map((line) => JSON.parse(line).session_id)).size).toBe(SESSIONS)
  const [lines] = await seed.sql`select count(*)::int as left from leaving.export_lines`
  expect(lines).toEqual({ left: 0 })
})

test(
  'an erasure whose server is killed is finished, and counts nothing twice',
  { timeout: 600_000 },
  async () => {
    const before = await digestRows(seed, other.id)
    await ask(
      adminToken,
      `mutation { eraseCompany(input: { companyId: "${acme.companyId}", confirmSlug: "${acme.slug}" }) { userErrors { code } } }`,
    )
    await killOnce(async () => {
      const [row] = await seed.sql<{ removed: number }[]>`
      select (removed ->> 'analytics.view_sessions')::int as removed from leaving.erasures`
      return row !== undefined && row.removed > 0 && row.removed < SESSIONS
    })
    const erased = await vi.waitFor(async () => {
      const answer = await ask(
        adminToken,
        `{ companyErasure(companyId: "${acme.companyId}") { step removed { table rows } } }`,
      )
      expect(answer).toMatchObject({ data: { companyErasure: { step: 'DONE' } } })
      return answer
    }, AFTER_CRASH)
    expect(erased).toMatchObject({
      data: {
        companyErasure: {
          removed: expect.arrayContaining([{ table: 'analytics.view_sessions', rows: SESSIONS }]),
        },
      },
    })
    expect(Object.keys(await countRows(seed, acme.id))).toEqual(['log.events'])
    expect((await fetch(other.photoUrl.replace(/^http:\/\/localhost:\d+/, arv.url))).status).toBe(200)
    expect(await digestRows(seed, other.id)).toEqual(before)
  },
)
