import { argon2Sync, randomBytes, randomUUID } from 'node:crypto'
import { ANONYMOUS, type Caller } from '@arv/identity'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asObject, asText, startTenancy, type TenancyUnderTest } from './tenancy-under-test.ts'

const PASSWORD = 'correct horse battery'
const EMAIL = 'ann@example.com'
const HOME = '192.0.2.1'
const SESSION = 'session { refreshToken }'
const WRONG = {
  session: null,
  userErrors: [{ code: 'INVALID', field: null, message: 'The e-mail address or the password is not right.' }],
}
const ENDED = {
  session: null,
  userErrors: [
    { code: 'INVALID', field: ['refreshToken'], message: 'This session has ended. Sign in again.' },
  ],
}
const waits = (when: RegExp) => ({
  session: null,
  userErrors: [
    {
      code: 'LIMIT_REACHED',
      field: null,
      message: expect.stringMatching(`^Too many attempts failed. Try again ${when.source}.$`),
    },
  ],
})
// A busy machine may be seconds late.
const A_MINUTE = /in (a minute|5\d seconds)/
const TWO_MINUTES = /in 2 minutes/
const HALF_A_MINUTE = /in (30|2\d) seconds/
const OPENED = { session: { refreshToken: expect.any(String) }, userErrors: [] }

let tenancy: TenancyUnderTest

beforeAll(async () => {
  tenancy = await startTenancy({
    freeAttempts: { accountFromNetwork: 3, account: 6, network: 10, refresh: 4 },
  })
  await tenancy.seed.user({ email: EMAIL, password_hash: cheapHash(PASSWORD) })
})

afterAll(() => tenancy.stop())

beforeEach(() => tenancy.seed.sql`delete from tenancy.sign_in_attempts`)

/** A hash says what it costs: this one next to nothing, for there are many attempts here. */
function cheapHash(password: string): string {
  const [message, nonce] = [password, randomBytes(16)]
  const hash = argon2Sync('argon2id', {
    message,
    nonce,
    memory: 64,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  })
  const [salt, digest] = [nonce, hash].map((bytes) => bytes.toString('base64').replace(/=+$/, ''))
  return `$argon2id$v=19$m=64,t=1,p=1$${salt}$${digest}`
}

const from = (ipAddress: string): Caller => ({
  requestId: 'test',
  principal: ANONYMOUS,
  client: { ipAddress, userAgent: null },
})
const signIn = (password = PASSWORD, { email = EMAIL, ip = HOME } = {}) =>
  tenancy.mutate(from(ip), 'signIn', SESSION, { email, password })
const refresh = (refreshToken: string, ip = HOME) =>
  tenancy.mutate(from(ip), 'refreshSession', SESSION, { refreshToken })
const tokenOf = (payload: Record<string, unknown>) => asText(asObject(payload['session'])['refreshToken'])

/** As long as the wait takes: what was to come by then is over. */
const pass = (seconds: number) => tenancy.seed.sql`
  update tenancy.sign_in_attempts set
    blocked_until = blocked_until - make_interval(secs => ${seconds}),
    expires_at = expires_at - make_interval(secs => ${seconds})`

async function fail(times: number, options: { email?: string; ip?: string } = {}) {
  for (let attempt = 0; attempt < times; attempt++) await signIn('wrong', options)
}

describe('an account from one network', () => {
  test('waits after a few failures, longer after each further one, and the right password does not help', async () => {
    await fail(2)
    expect(await signIn('wrong')).toEqual(WRONG)
    expect(await signIn()).toEqual(waits(A_MINUTE))
    await pass(60)
    expect(await signIn('wrong')).toEqual(WRONG)
    expect(await signIn()).toEqual(waits(TWO_MINUTES))
    await pass(120)
    expect(await signIn()).toEqual(OPENED)
  })

  test('begins again after a success', async () => {
    await fail(2)
    expect(await signIn()).toEqual(OPENED)
    await fail(2)
    expect(await signIn()).toEqual(OPENED)
  })

  test('costs no hash while it waits, and waits no longer for asking', async () => {
    await fail(3)
    tenancy.hashes.count = 0
    for (let attempt = 0; attempt < 5; attempt++) expect(await signIn('wrong')).toEqual(waits(A_MINUTE))
    expect(tenancy.hashes.count).toBe(0)
    await pass(60)
    expect(await signIn()).toEqual(OPENED)
  })

  test('is the same however its address is written', async () => {
    await fail(1)
    await fail(1, { email: 'ANN@example.com' })
    await fail(1, { email: 'Ann@EXAMPLE.com' })
    expect(await signIn()).toEqual(waits(A_MINUTE))
  })

  test('is the same from all addresses of an IPv6 network', async () => {
    await fail(1, { ip: '2001:db8:1:2::1' })
    await fail(1, { ip: '2001:db8:1:2::2' })
    await fail(1, { ip: '2001:db8:1:2:ffff::3' })
    expect(await signIn(PASSWORD, { ip: '2001:db8:1:2::4' })).toEqual(waits(A_MINUTE))
    expect(await signIn(PASSWORD, { ip: '2001:db8:1:3::4' })).toEqual(OPENED)
  })

  test('tells nothing of whether there is such an account', async () => {
    const nobody = { email: `${randomUUID()}@example.com` }
    const answers = []
    for (let attempt = 0; attempt < 4; attempt++) {
      answers.push([await signIn('wrong'), await signIn('wrong', { ...nobody, ip: '192.0.2.2' })])
    }
    expect(answers).toEqual([
      [WRONG, WRONG],
      [WRONG, WRONG],
      [WRONG, WRONG],
      [waits(A_MINUTE), waits(A_MINUTE)],
    ])
  })

  test('a hundred attempts in one document are a hundred attempts', async () => {
    const fields = Array.from(
      { length: 100 },
      (_, index) =>
        `a${index}: signIn(input: { email: "${EMAIL}", password: "guess ${index}" }) { userErrors { code } }`,
    )
    tenancy.hashes.count = 0
    const { data } = await tenancy.execute(from(HOME), `mutation { ${fields.join(' ')} }`)
    const codes = Object.values(data ?? {}).map((payload) => JSON.stringify(payload))
    expect(codes.filter((code) => code.includes('INVALID'))).toHaveLength(3)
    expect(codes.filter((code) => code.includes('LIMIT_REACHED'))).toHaveLength(97)
    expect(tenancy.hashes.count).toBe(3)
  })

  test('attempts at the same time are counted one by one', async () => {
    tenancy.hashes.count = 0
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn('wrong')))
    expect(answers.filter((answer) => JSON.stringify(answer).includes('INVALID'))).toHaveLength(3)
    expect(tenancy.hashes.count).toBe(3)
  })
})

describe('an account', () => {
  test('is not guessed from many networks, each of which tries a little', async () => {
    for (let network = 1; network <= 6; network++) await fail(1, { ip: `198.51.100.${network}` })
    expect(await signIn('wrong', { ip: '198.51.100.7' })).toEqual(waits(A_MINUTE))
    expect(await signIn(PASSWORD, { ip: '198.51.100.8' })).toEqual(waits(A_MINUTE))
  })

  test('stays open to its owner where they have signed in before', async () => {
    expect(await signIn()).toEqual(OPENED)
    for (let network = 1; network <= 6; network++) await fail(1, { ip: `198.51.100.${network}` })
    expect(await signIn(PASSWORD, { ip: '198.51.100.8' })).toEqual(waits(A_MINUTE))
    expect(await signIn()).toEqual(OPENED)
    await fail(3)
    expect(await signIn()).toEqual(waits(A_MINUTE))
  })

  test('does not wait because of those who signed in', async () => {
    for (let network = 1; network <= 12; network++) {
      expect(await signIn(PASSWORD, { ip: `198.51.100.${network}` })).toEqual(OPENED)
    }
  })
})

describe('a network', () => {
  test('waits when it tries one account after another', async () => {
    for (let account = 1; account <= 10; account++) await fail(1, { email: `${account}@example.com` })
    expect(await signIn('wrong', { email: 'next@example.com' })).toEqual(waits(HALF_A_MINUTE))
    expect(await signIn(PASSWORD, { ip: '192.0.2.9' })).toEqual(OPENED)
  })

  test('does not wait because of those who signed in', async () => {
    for (let attempt = 1; attempt <= 12; attempt++) expect(await signIn()).toEqual(OPENED)
  })
})

describe('refresh tokens that are none', () => {
  test('make a network wait after a while, and cost it no session', async () => {
    const token = tokenOf(await signIn())
    for (const garbage of ['', 'garbage', 'A'.repeat(43), 'x'.repeat(10_000)]) {
      expect(await refresh(garbage)).toEqual(ENDED)
    }
    expect(await refresh('A'.repeat(43))).toEqual(waits(HALF_A_MINUTE))
    expect(await refresh(token)).toEqual(waits(HALF_A_MINUTE))
    expect(await refresh('garbage', '192.0.2.9')).toEqual(ENDED)
    await pass(30)
    expect(await refresh(token)).toEqual(OPENED)
  })

  test('have nothing to do with signing in', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await refresh('garbage')
    expect(await signIn()).toEqual(OPENED)
  })
})

describe('what is kept', () => {
  test('is no e-mail address, and is removed when it is forgotten', async () => {
    await fail(1, { email: 'secret@example.com' })
    const rows = await tenancy.seed.sql`select * from tenancy.sign_in_attempts`
    expect(rows).toHaveLength(3)
    expect(JSON.stringify(rows)).not.toContain('secret')
    await pass(100_000)
    await fail(1, { ip: '192.0.2.200' })
    const left = await tenancy.seed.sql`
      select network from tenancy.sign_in_attempts order by network`
    expect(left.map(({ network }) => String(network))).toEqual(['', '192.0.2.200', '192.0.2.200'])
  })

  test('is forgotten without two who sign in at once waiting for each other', async () => {
    const { sql } = tenancy.seed
    const [one, other] = ['192.0.2.101', '192.0.2.102']
    // Of both a row that has expired, each among the twenty that the other's attempt would clear away.
    for (const [name, hours] of [
      ['bob', 3],
      ['filler', 2],
      ['ann', 1],
    ] as const) {
      await sql`
        insert into tenancy.sign_in_attempts (purpose, account, network, expires_at)
        select 'SIGN_IN', sha256(convert_to(${`${name}@example.com`}, 'UTF8')), place, now() - make_interval(hours => ${hours})
        from (select case when n = 0 then '' else 'network ' || n end as place
          from generate_series(0, ${name === 'filler' ? 17 : 1}) n) places`
    }
    await sql`
      insert into tenancy.sign_in_attempts (purpose, account, network, expires_at)
      select 'SIGN_IN', '', network, now() + interval '1 hour' from unnest(${[one, other]}::text[]) network`
    const answers: Promise<unknown>[] = []
    const waiting = async (count: number) => {
      const [row] = await sql`
        select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      expect(row).toEqual({ waiting: count })
    }
    await sql.begin(async (held) => {
      await held`select from tenancy.sign_in_attempts where account = '' for update`
      answers.push(signIn('wrong', { ip: one }))
      await vi.waitFor(() => waiting(1), { interval: 20, timeout: 10_000 })
      answers.push(signIn('wrong', { email: 'bob@example.com', ip: other }))
      await vi.waitFor(() => waiting(2), { interval: 20, timeout: 10_000 })
    })
    expect(await Promise.all(answers)).toEqual([WRONG, WRONG])
  })
})
