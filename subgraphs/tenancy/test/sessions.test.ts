import { randomUUID } from 'node:crypto'
import { hashPassword } from '@arv/identity'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  anonymous,
  asObject,
  asText,
  member,
  startTenancy,
  type TenancyUnderTest,
} from './tenancy-under-test.ts'

const PASSWORD = 'correct horse battery'
const SESSION = `session {
  accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt user { id email name isPlatformAdmin }
}`
const REFUSED = {
  session: null,
  userErrors: [{ code: 'INVALID', field: null, message: 'The e-mail address or the password is not right.' }],
}
const ENDED = {
  session: null,
  userErrors: [
    { code: 'INVALID', field: ['refreshToken'], message: 'This session has ended. Sign in again.' },
  ],
}

let tenancy: TenancyUnderTest
let userId: number

beforeAll(async () => {
  tenancy = await startTenancy()
  const user = await tenancy.seed.user({
    email: 'Ann@example.com',
    name: 'Ann',
    password_hash: await hashPassword(PASSWORD),
  })
  userId = user.id
})

afterAll(() => tenancy.stop())

beforeEach(async () => {
  await tenancy.seed.sql`delete from tenancy.refresh_tokens`
  await tenancy.seed.sql`delete from tenancy.sign_in_attempts`
})

const signIn = (email = 'ann@example.com', password = PASSWORD) =>
  tenancy.mutate(anonymous, 'signIn', SESSION, { email, password })
const refresh = (refreshToken: string) =>
  tenancy.mutate(anonymous, 'refreshSession', SESSION, { refreshToken })
const signOut = (refreshToken: string) => tenancy.mutate(anonymous, 'signOut', '', { refreshToken })
const tokenOf = (payload: Record<string, unknown>) => asText(asObject(payload['session'])['refreshToken'])
const newToken = async () => tokenOf(await signIn())

/** What the gateway asks before each request, for the access token of a payload. */
async function principalOf(payload: Record<string, unknown>) {
  const verdict = await tenancy.accessTokens.verify(asText(asObject(payload['session'])['accessToken']))
  if (verdict.kind !== 'valid') throw new Error(verdict.reason)
  const { familyId } = verdict
  return tenancy.client.command('principal', { userId: verdict.userId, familyId }, anonymous)
}

describe('signing in', () => {
  test('opens a session, whatever the case of the address', async () => {
    const before = Date.now()
    const { session, userErrors } = await signIn('ANN@Example.com')
    expect(userErrors).toEqual([])
    expect(session).toEqual({
      accessToken: expect.any(String),
      accessTokenExpiresAt: expect.any(String),
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      refreshTokenExpiresAt: expect.any(String),
      user: {
        id: btoa(`User:${userId}`).replaceAll('=', ''),
        email: 'Ann@example.com',
        name: 'Ann',
        isPlatformAdmin: false,
      },
    })
    const { accessToken, accessTokenExpiresAt, refreshTokenExpiresAt } = asObject(session)
    expect(await tenancy.accessTokens.verify(asText(accessToken))).toMatchObject({ kind: 'valid', userId })
    expect((Date.parse(asText(accessTokenExpiresAt)) - before) / 1000).toBeCloseTo(900, -1)
    expect((Date.parse(asText(refreshTokenExpiresAt)) - before) / 1000).toBeCloseTo(3600, -1)
  })

  test('keeps nothing that could be used in the token’s place', async () => {
    const token = await newToken()
    const [row] = await tenancy.seed.sql`select * from tenancy.refresh_tokens`
    expect(Buffer.from(row?.['token_hash'])).toHaveLength(32)
    expect(JSON.stringify(row)).not.toContain(token)
    expect(Buffer.from(row?.['token_hash'])).not.toEqual(Buffer.from(token, 'base64url'))
  })

  test('answers an unknown user, a wrong password and a user without one alike, at the cost of one hash', async () => {
    await tenancy.seed.user({ email: 'elsewhere@example.com' })
    for (const [email, password] of [
      ['ann@example.com', 'wrong horse battery'],
      ['nobody@example.com', PASSWORD],
      ['elsewhere@example.com', PASSWORD],
      ['elsewhere@example.com', ''],
    ]) {
      tenancy.hashes.count = 0
      expect(await signIn(email, password)).toEqual(REFUSED)
      expect(tenancy.hashes.count).toBe(1)
    }
    tenancy.hashes.count = 0
    await signIn()
    expect(tenancy.hashes.count).toBe(1)
  })

  test('asks the database the same for an unknown user as for a wrong password', async () => {
    const unknown = await tenancy.statementsOf(() => signIn('nobody@example.com'))
    const wrong = await tenancy.statementsOf(() => signIn('ann@example.com', 'wrong horse battery'))
    expect(unknown).toEqual(wrong)
  })

  test('clears away tokens that have expired', async () => {
    await newToken()
    await tenancy.seed.sql`update tenancy.refresh_tokens set expires_at = now() - interval '1 second'`
    await newToken()
    expect(await tenancy.seed.sql`select expires_at > now() as live from tenancy.refresh_tokens`).toEqual([
      { live: true },
    ])
  })
})

describe('refreshing a session', () => {
  test('gives new tokens of the same family, each good for one more', async () => {
    const first = await signIn()
    const second = await refresh(tokenOf(first))
    const third = await refresh(tokenOf(second))
    expect(third['userErrors']).toEqual([])
    expect(asObject(third['session'])['user']).toEqual(asObject(first['session'])['user'])
    expect(new Set([first, second, third].map(tokenOf)).size).toBe(3)
    const families = await tenancy.seed.sql`select distinct family_id from tenancy.refresh_tokens`
    expect(families).toHaveLength(1)
  })

  test('with a spent token ends the whole session, its latest tokens included', async () => {
    const first = await signIn()
    const second = await refresh(tokenOf(first))
    expect(await principalOf(second)).toMatchObject({ userId })
    expect(await refresh(tokenOf(first))).toEqual(ENDED)
    expect(await refresh(tokenOf(second))).toEqual(ENDED)
    expect(await principalOf(second)).toBeNull()
  })

  test('ends no other session of the user', async () => {
    const first = await newToken()
    const other = await newToken()
    await refresh(first)
    await refresh(first)
    expect(await refresh(other)).toMatchObject({ session: {}, userErrors: [] })
  })

  test('ten times at once leaves exactly one successor, and ends the session', async () => {
    const token = await newToken()
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)))
    const succeeded = answers.filter(({ session }) => session !== null)
    expect(succeeded).toHaveLength(1)
    expect(answers.filter(({ session }) => session === null)).toEqual(Array.from({ length: 9 }, () => ENDED))
    const rows = await tenancy.seed.sql`
      select spent_at is not null as spent, revoked_at is not null as revoked
      from tenancy.refresh_tokens order by id`
    expect([...rows]).toEqual([
      { spent: true, revoked: true },
      { spent: false, revoked: true },
    ])
  })

  test('never leaves a live token behind when a stolen one is used while the real one goes on', async () => {
    for (let round = 0; round < 5; round++) {
      const stolen = await newToken()
      const latest = tokenOf(await refresh(stolen))
      await Promise.all([refresh(latest), refresh(stolen), refresh(latest), signOut(stolen)])
      const live = await tenancy.seed.sql`select id from tenancy.refresh_tokens where revoked_at is null`
      expect([...live]).toEqual([])
    }
  })

  test('is refused alike for garbage, a token that nobody has, and one that has expired', async () => {
    const expired = await newToken()
    await tenancy.seed.sql`update tenancy.refresh_tokens set expires_at = now() - interval '1 second'`
    for (const token of ['', 'garbage', '\u0000', 'A'.repeat(43), 'x'.repeat(10_000), expired]) {
      expect(await refresh(token)).toEqual(ENDED)
    }
  })
})

describe('signing out', () => {
  test('ends the session at once, and may be repeated', async () => {
    const payload = await signIn()
    expect(await principalOf(payload)).toMatchObject({ userId })
    expect(await signOut(tokenOf(payload))).toEqual({ userErrors: [] })
    expect(await principalOf(payload)).toBeNull()
    expect(await refresh(tokenOf(payload))).toEqual(ENDED)
    expect(await signOut(tokenOf(payload))).toEqual({ userErrors: [] })
  })

  test('is told to gateways, once', async () => {
    await tenancy.seed.company()
    const token = tokenOf(await signIn())
    const told = () => tenancy.seed.sql`select from log.events where subject_id = ${userId}`
    const before = (await told()).length
    for (let time = 1; time <= 3; time++) await signOut(token)
    expect(await told()).toHaveLength(before + 1)
  })

  test('says the same for a token that nobody has', async () => {
    for (const token of ['', 'garbage', 'A'.repeat(43)])
      expect(await signOut(token)).toEqual({ userErrors: [] })
  })

  test('with a spent token ends the session that it began', async () => {
    const first = await signIn()
    const second = await refresh(tokenOf(first))
    await signOut(tokenOf(first))
    expect(await principalOf(second)).toBeNull()
  })
})

describe('the principal of an access token', () => {
  test('is the user with the roles that they have now', async () => {
    const payload = await signIn()
    expect(await principalOf(payload)).toEqual({
      kind: 'user',
      userId,
      isPlatformAdmin: false,
      memberships: [],
      familyId: expect.any(String),
    })
    const [one, two] = [await tenancy.seed.company(), await tenancy.seed.company()]
    await tenancy.seed.membership(two.id, userId, 'VIEWER')
    await tenancy.seed.membership(one.id, userId, 'OWNER')
    expect(await principalOf(payload)).toEqual({
      kind: 'user',
      userId,
      isPlatformAdmin: false,
      memberships: [
        { companyId: one.id, role: 'OWNER' },
        { companyId: two.id, role: 'VIEWER' },
      ],
      familyId: expect.any(String),
    })
    await tenancy.seed.sql`delete from tenancy.memberships where user_id = ${userId}`
  })

  test('is nobody when the session is another user’s, unknown, or has expired', async () => {
    const other = await tenancy.seed.user()
    const payload = await signIn()
    const [row] = await tenancy.seed.sql<{ familyId: string }[]>`
      select family_id as "familyId" from tenancy.refresh_tokens`
    const familyId = row?.familyId
    const ask = (input: unknown) => tenancy.client.command('principal', input, anonymous)
    expect(await ask({ userId: other.id, familyId })).toBeNull()
    expect(await ask({ userId, familyId: randomUUID() })).toBeNull()
    expect(await ask({ userId: 2_000_000_000, familyId })).toBeNull()
    await tenancy.seed.sql`update tenancy.refresh_tokens set expires_at = now() - interval '1 second'`
    expect(await principalOf(payload)).toBeNull()
  })

  test('is not to be had for an input of another shape', async () => {
    await expect(tenancy.client.command('principal', { userId: '1' }, anonymous)).rejects.toThrow(
      'went wrong',
    )
  })
})

describe('me', () => {
  test('is who asks, with the companies they work in', async () => {
    const company = await tenancy.seed.company({ name: 'Acme', slug: 'acme' })
    const foreign = await tenancy.seed.company()
    const user = await tenancy.seed.user({ email: 'me@example.com', name: 'Me' })
    await tenancy.seed.membership(company.id, user.id, 'EDITOR')
    await tenancy.seed.membership(foreign.id, userId, 'OWNER')
    const { data } = await tenancy.execute(
      member(user.id, [company.id, 'EDITOR']),
      '{ me { email name isPlatformAdmin version memberships { role company { name slug } user { email } } } }',
    )
    expect(data).toEqual({
      me: {
        email: 'me@example.com',
        name: 'Me',
        isPlatformAdmin: false,
        version: 1,
        memberships: [
          { role: 'EDITOR', company: { name: 'Acme', slug: 'acme' }, user: { email: 'me@example.com' } },
        ],
      },
    })
  })

  test('is nobody for somebody who is not signed in', async () => {
    const result = await tenancy.execute(anonymous, '{ me { id } }')
    expect(result).toEqual({
      data: { me: null },
      errors: [{ message: 'Sign in to do this.', path: ['me'], extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })
})
