import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anonymous, startTenancy, type TenancyUnderTest } from './tenancy-under-test.ts'

const ISSUER = 'https://issuer.example'

let tenancy: TenancyUnderTest
let companyId: number
let ann: number

beforeAll(async () => {
  tenancy = await startTenancy()
  ;({ id: companyId } = await tenancy.seed.company())
})
afterAll(() => tenancy.stop())

beforeEach(async () => {
  const { sql } = tenancy.seed
  await sql`delete from tenancy.memberships`
  await sql`delete from tenancy.users`
  ;({ id: ann } = await tenancy.seed.user({ email: 'Ann@example.com' }))
  await tenancy.seed.membership(companyId, ann, 'EDITOR')
})

const ask = (subject: string, verifiedEmail: string | null = null, issuer = ISSUER) =>
  tenancy.client.command('principal', { issuer, subject, verifiedEmail }, anonymous)
const isAnn = () => ({
  kind: 'user',
  userId: ann,
  isPlatformAdmin: false,
  memberships: [{ companyId, role: 'EDITOR' }],
})

test('a member is linked by their verified address, and known by their subject from then on', async () => {
  expect(await ask('a-1')).toBeNull()
  expect(await ask('a-1', 'ann@example.com')).toEqual(isAnn())
  expect(await ask('a-1')).toEqual(isAnn())
  expect(await ask('a-1', 'married@example.com')).toEqual(isAnn())
})

test('the password that others chose for an address is void once its owner comes', async () => {
  const { sql } = tenancy.seed
  const state = () => sql`
    select password_hash, email_confirmed_at is not null as confirmed,
      (select count(*)::int from tenancy.refresh_tokens where revoked_at is null) as sessions from tenancy.users`
  const given = async () => {
    await sql`update tenancy.users set password_hash = 'of others'`
    await sql`insert into tenancy.refresh_tokens (user_id, family_id, token_hash, expires_at)
      values (${ann}, gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), now() + interval '1 day')`
  }
  await sql`delete from tenancy.refresh_tokens`
  await given()
  await ask('a-1', 'ann@example.com')
  expect([...(await state())]).toEqual([{ password_hash: null, confirmed: true, sessions: 0 }])
  await given()
  await ask('a-1', 'ann@example.com', 'https://other.example')
  expect([...(await state())]).toEqual([{ password_hash: 'of others', confirmed: true, sessions: 1 }])
  await sql`delete from tenancy.refresh_tokens`
})

test('the subject of another issuer is another identity', async () => {
  await ask('a-1', 'ann@example.com')
  expect(await ask('a-1', null, 'https://other.example')).toBeNull()
  expect(await ask('a-1', 'ann@example.com', 'https://other.example')).toEqual(isAnn())
})

test('an address that the issuer gave to somebody else opens nothing', async () => {
  await ask('a-1', 'ann@example.com')
  expect(await ask('a-2', 'ann@example.com')).toBeNull()
})

test('nobody is linked who is unknown, or a member of nothing', async () => {
  await tenancy.seed.user({ email: 'alone@example.com' })
  expect(await ask('b-1', 'nobody@example.com')).toBeNull()
  expect(await ask('b-2', 'alone@example.com')).toBeNull()
  expect(await tenancy.seed.sql`select from tenancy.external_identities`).toHaveLength(0)
})

test('an administrator of the platform is not let in: neither who is one, nor who becomes one', async () => {
  await ask('a-1', 'ann@example.com')
  await tenancy.seed.sql`update tenancy.users set is_platform_admin = true`
  expect(await ask('a-1', 'ann@example.com')).toBeNull()
  await tenancy.seed.sql`delete from tenancy.external_identities`
  expect(await ask('a-1', 'ann@example.com')).toBeNull()
  expect(await tenancy.seed.sql`select from tenancy.external_identities`).toHaveLength(0)
})

test('twenty first requests at once link once, and all get in', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('a-1', 'ann@example.com')))
  expect(answers).toEqual(Array.from({ length: 20 }, isAnn))
  expect(await tenancy.seed.sql`select from tenancy.external_identities`).toHaveLength(1)
})

test('who was removed from every company has no company, and no new link', async () => {
  await ask('a-1', 'ann@example.com')
  await tenancy.seed.sql`delete from tenancy.memberships`
  expect(await ask('a-1')).toEqual({ ...isAnn(), memberships: [] })
})
