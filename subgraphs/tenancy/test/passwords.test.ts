import { createMailer } from '@arv/mail'
import { ANONYMOUS, type Caller, hashPassword } from '@arv/identity'
import { type MailServer, startMailServer } from '@arv/testkit/mail'
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
const NEW = 'staple of another kind'
const EMAIL = 'ann@example.com'
const DONE = { userErrors: [] }
const NO_LINK = {
  userErrors: [
    {
      code: 'INVALID',
      field: ['token'],
      message: 'This link is not good, or no longer: it works once and for an hour. Ask for another one.',
    },
  ],
}

let tenancy: TenancyUnderTest
let mail: MailServer
let ann: number
let companyId: number
let passwordHash: string
let mailer: ReturnType<typeof createMailer>

beforeAll(async () => {
  mail = await startMailServer()
  mailer = createMailer({ url: mail.url, from: 'ARV <noreply@arv.example>' })
  tenancy = await startTenancy({
    channels: { mailer, telegram: null, adminUrl: 'https://admin.example' },
  })
  ;({ id: companyId } = await tenancy.seed.company())
  passwordHash = await hashPassword(PASSWORD)
})

afterAll(async () => {
  await tenancy.stop()
  mailer.close()
  await mail.stop()
})

beforeEach(async () => {
  const { sql } = tenancy.seed
  await sql`delete from tenancy.sign_in_attempts`
  await sql`delete from tenancy.password_resets`
  await sql`delete from tenancy.refresh_tokens`
  await sql`delete from tenancy.memberships`
  await sql`delete from tenancy.users`
  await sql`delete from jobs.job`
  ;({ id: ann } = await tenancy.seed.user({ email: EMAIL, name: 'Ann <1>', password_hash: passwordHash }))
  await tenancy.seed.membership(companyId, ann, 'OWNER')
})

const from = (ipAddress: string): Caller => ({
  requestId: 'test',
  principal: ANONYMOUS,
  client: { ipAddress, userAgent: null },
})

const signIn = (password: string, caller: Caller = anonymous) =>
  tenancy.mutate(caller, 'signIn', 'session { accessToken refreshToken }', { email: EMAIL, password })

async function openSession() {
  const session = asObject((await signIn(PASSWORD))['session'])
  const verdict = await tenancy.accessTokens.verify(asText(session['accessToken']))
  if (verdict.kind === 'invalid') throw new Error(verdict.reason)
  const { userId, familyId } = verdict
  const ask = () => tenancy.client.command('principal', { userId, familyId }, anonymous)
  return { ask, refreshToken: session['refreshToken'] }
}

const request = (email = EMAIL, ip = '192.0.2.1') =>
  tenancy.mutate(from(ip), 'requestPasswordReset', '', { email })
const reset = (token: string, newPassword = NEW, ip = '192.0.2.1') =>
  tenancy.mutate(from(ip), 'resetPassword', '', { token, newPassword })

async function waitingResets(): Promise<number[]> {
  const rows = await tenancy.seed.sql<{ id: number }[]>`
    select (data->>'resetId')::int as id from jobs.job where name = 'mail.password-reset' order by created_on, 1`
  return rows.map(({ id }) => id)
}

/** Runs the jobs that wait, and answers with the tokens of the letters that went out. */
async function deliver(): Promise<string[]> {
  const before = mail.letters.length
  for (const resetId of await waitingResets()) await tenancy.runJob('mail.password-reset', { resetId })
  await tenancy.seed.sql`delete from jobs.job`
  return mail.letters.slice(before).map(({ text }) => /#token=([\w-]+)/.exec(text)?.[1] ?? '')
}

async function mailedToken(): Promise<string> {
  await request()
  const [token] = await deliver()
  if (token === undefined) throw new Error('no letter came')
  return token
}

describe('changing one’s password', () => {
  const change = (caller: Caller, input: { currentPassword?: string; newPassword?: string } = {}) =>
    tenancy.mutate(caller, 'changePassword', 'user { email version }', {
      currentPassword: PASSWORD,
      newPassword: NEW,
      ...input,
    })
  const asked = async (session: { ask(): Promise<unknown> }): Promise<Caller> => {
    const { familyId } = asObject(await session.ask())
    const { principal, ...rest } = member(ann, [companyId, 'OWNER'])
    if (principal.kind !== 'user') throw new Error('no user')
    return { ...rest, principal: { ...principal, familyId: asText(familyId) } }
  }

  test('ends all other sessions, tells gateways, and the new one opens the next', async () => {
    const [here, there] = [await openSession(), await openSession()]
    expect(await change(await asked(here))).toEqual({ user: { email: EMAIL, version: 2 }, userErrors: [] })
    expect(await here.ask()).toMatchObject({ userId: ann })
    expect(await there.ask()).toBeNull()
    expect(
      await tenancy.mutate(anonymous, 'refreshSession', 'session { accessToken }', {
        refreshToken: there.refreshToken,
      }),
    ).toMatchObject({ session: null })
    expect(await signIn(PASSWORD)).toMatchObject({ session: null })
    expect(await signIn(NEW)).toMatchObject({ userErrors: [] })
    const told = await tenancy.seed.sql`
      select subject_id from log.events where type = 'principal.changed' and subject_id = ${ann}`
    expect(told).toHaveLength(1)
  })

  test('takes the current one, and a wrong one counts as an attempt to sign in', async () => {
    const caller = member(ann, [companyId, 'OWNER'])
    const wrong = {
      user: null,
      userErrors: [{ code: 'INVALID', field: ['currentPassword'], message: 'This is not your password.' }],
    }
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await change(caller, { currentPassword: `guess number ${attempt}` })).toEqual(wrong)
    }
    expect(await change(caller)).toMatchObject({ user: null, userErrors: [{ code: 'LIMIT_REACHED' }] })
    expect(await signIn(PASSWORD)).toMatchObject({ userErrors: [{ code: 'LIMIT_REACHED' }] })
  })

  test.each([
    ['a short one', 'nine char', 'Give 10 to 200 characters.'],
    ['a long one', 'x'.repeat(201), 'Give 10 to 200 characters.'],
    ['the same', PASSWORD, 'Give another password than before.'],
  ])('refuses %s, before anything is counted', async (_what, newPassword, message) => {
    expect(await change(member(ann, [companyId, 'OWNER']), { newPassword })).toEqual({
      user: null,
      userErrors: [{ code: 'INVALID', field: ['newPassword'], message }],
    })
    expect(await tenancy.seed.sql`select from tenancy.sign_in_attempts`).toHaveLength(0)
  })

  test('of two at once, one is done', async () => {
    const caller = member(ann, [companyId, 'OWNER'])
    const answers = await Promise.all([change(caller), change(caller, { newPassword: `${NEW} too` })])
    expect(answers.filter(({ user }) => user !== null)).toHaveLength(1)
  })

  test('takes a person who is signed in', async () => {
    const query = `mutation { changePassword(input: { currentPassword: "a", newPassword: "b" }) { userErrors { code } } }`
    const machine: Caller = {
      ...anonymous,
      principal: { kind: 'apiKey', apiKeyId: 1, companyId, role: 'OWNER' },
    }
    for (const [caller, code] of [
      [anonymous, 'UNAUTHENTICATED'],
      [machine, 'FORBIDDEN'],
    ] as const) {
      const { errors } = await tenancy.execute(caller, query)
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual([code])
    }
  })
})

describe('a link for a new password', () => {
  test('is mailed to whoever has the address, sets it once, and ends every session', async () => {
    const session = await openSession()
    expect(await request(EMAIL.toUpperCase())).toEqual(DONE)
    const [token = ''] = await deliver()
    expect(await reset(token)).toEqual(DONE)
    expect(await session.ask()).toBeNull()
    expect(await signIn(NEW)).toMatchObject({ userErrors: [] })
    expect(await reset(token, 'yet another one')).toEqual(NO_LINK)
  })

  test('is in a letter that names nobody else, and whose names are text', async () => {
    const token = await mailedToken()
    const letter = mail.letters.at(-1)
    expect(letter).toMatchObject({
      from: 'noreply@arv.example',
      to: [EMAIL],
      subject: 'Set a new password',
      text: `Hello Ann <1>,\n\nsomebody, probably you, asked for a new password for ${EMAIL} at admin.example.\n\nThis link sets one. It is good for an hour, and once:\n\nhttps://admin.example/reset-password#token=${token}\n\nIf it was not you, do nothing: your password stays as it is.\n`,
    })
    expect(letter?.html).toContain('<p>Hello Ann &lt;1&gt;,</p>')
    expect(letter?.html).toContain(`<a href="https://admin.example/reset-password#token=${token}">`)
  })

  test('is kept as a hash, and no job or row holds its token or outlives its use with an address', async () => {
    await request()
    const jobs = await tenancy.seed.sql`select data from jobs.job where name = 'mail.password-reset'`
    expect(jobs).toEqual([{ data: { resetId: expect.any(Number) } }])
    const [token = ''] = await deliver()
    const rows = await tenancy.seed.sql`
      select email, encode(token_hash, 'hex') as hash, token_hash = sha256(${Buffer.from(token, 'base64url')}) as same
      from tenancy.password_resets`
    expect(rows).toEqual([{ email: null, hash: expect.any(String), same: true }])
  })

  test('is nobody’s for an address that nobody has, and nothing tells', async () => {
    const known = await tenancy.statementsOf(() => request())
    const unknown = await tenancy.statementsOf(() => request('nobody@example.com'))
    expect(unknown).toEqual(known)
    expect(await deliver()).toHaveLength(1)
    expect(await tenancy.seed.sql`select from tenancy.password_resets`).toHaveLength(1)
  })

  test('is void once a later one is asked for, in whichever order their jobs run', async () => {
    const first = await mailedToken()
    await request()
    await request()
    const [second, third] = await waitingResets()
    if (second === undefined || third === undefined) throw new Error('two jobs wait')
    const before = mail.letters.length
    await tenancy.runJob('mail.password-reset', { resetId: third })
    await tenancy.runJob('mail.password-reset', { resetId: second })
    expect(mail.letters).toHaveLength(before + 1)
    expect(await reset(first)).toEqual(NO_LINK)
    const token = /#token=([\w-]+)/.exec(mail.letters.at(-1)?.text ?? '')?.[1] ?? ''
    expect(await reset(token)).toEqual(DONE)
  })

  test('is void after an hour', async () => {
    const token = await mailedToken()
    await tenancy.seed.sql`update tenancy.password_resets set expires_at = now()`
    expect(await reset(token)).toEqual(NO_LINK)
  })

  test('is void once the password was changed otherwise', async () => {
    const token = await mailedToken()
    await tenancy.mutate(member(ann, [companyId, 'OWNER']), 'changePassword', '', {
      currentPassword: PASSWORD,
      newPassword: NEW,
    })
    expect(await reset(token, 'yet another one')).toEqual(NO_LINK)
  })

  test('is not used up by a password that is refused', async () => {
    const token = await mailedToken()
    expect(await reset(token, 'short')).toEqual({
      userErrors: [{ code: 'INVALID', field: ['newPassword'], message: 'Give 10 to 200 characters.' }],
    })
    expect(await reset(token)).toEqual(DONE)
  })

  test('of two who use it at once, lets one in', async () => {
    const token = await mailedToken()
    const answers = await Promise.all([reset(token, `${NEW} one`), reset(token, `${NEW} two`)])
    expect(answers.filter(({ userErrors }) => asObject(userErrors)['0'] === undefined)).toHaveLength(1)
  })

  test('leaves no session that was being opened with the old password', async () => {
    for (let round = 1; round <= 5; round++) {
      const token = await mailedToken()
      const [, answer] = await Promise.all([signIn(PASSWORD), reset(token)])
      expect(answer).toEqual(DONE)
      const { sql } = tenancy.seed
      expect(await sql`select from tenancy.refresh_tokens where revoked_at is null`).toHaveLength(0)
      await sql`update tenancy.users set password_hash = ${passwordHash}`
      await sql`delete from tenancy.sign_in_attempts`
    }
  })

  test('lets somebody in at once who had failed too often', async () => {
    for (let attempt = 1; attempt <= 5; attempt++) await signIn('wrong')
    expect(await signIn(PASSWORD)).toMatchObject({ userErrors: [{ code: 'LIMIT_REACHED' }] })
    await reset(await mailedToken())
    expect(await signIn(NEW)).toMatchObject({ userErrors: [] })
  })

  test.each(['', 'garbage', 'A'.repeat(43)])('is none: %j', async (token) => {
    tenancy.hashes.count = 0
    expect(await reset(token)).toEqual(NO_LINK)
    expect(tenancy.hashes.count).toBe(0)
  })

  test('is mailed by a later run when the mail server was away, and the letter that got lost opens nothing', async () => {
    await request()
    const [resetId] = await waitingResets()
    if (resetId === undefined) throw new Error('no job waits')
    const before = mail.letters.length
    mail.refuse(451)
    await expect(tenancy.runJob('mail.password-reset', { resetId })).rejects.toThrow('for now (451)')
    mail.refuse(null)
    await tenancy.runJob('mail.password-reset', { resetId })
    expect(mail.letters).toHaveLength(before + 1)
    const token = /#token=([\w-]+)/.exec(mail.letters.at(-1)?.text ?? '')?.[1] ?? ''
    expect(await reset(token)).toEqual(DONE)
  })

  test('is given up when the mail server refuses the letter for good', async () => {
    await request()
    mail.refuse(550)
    expect(await deliver()).toEqual([])
    mail.refuse(null)
  })

  test('may be asked for so often: for one address, known or not, and from one network', async () => {
    for (const email of [EMAIL, 'nobody@example.com']) {
      for (let count = 1; count <= 3; count++) expect(await request(email)).toEqual(DONE)
      expect(await request(email)).toEqual({
        userErrors: [
          {
            code: 'LIMIT_REACHED',
            field: null,
            message: expect.stringMatching(
              /^Too many links were asked for\. Try again in (a minute|5\d seconds)\.$/,
            ),
          },
        ],
      })
    }
    expect(await request(EMAIL, '192.0.2.2')).toEqual(DONE)
    for (let count = 1; count <= 24; count++) expect(await request(`${count}@example.com`)).toEqual(DONE)
    expect(await request('next@example.com')).toMatchObject({ userErrors: [{ code: 'LIMIT_REACHED' }] })
  })
})

test('without a mail server nobody is told that a letter is on its way', async () => {
  const silent = await startTenancy()
  try {
    const { errors } = await silent.execute(
      anonymous,
      `mutation { requestPasswordReset(input: { email: "${EMAIL}" }) { userErrors { code } } }`,
    )
    expect(errors).toMatchObject([
      {
        message: 'This server sends no e-mail. Ask an administrator of the platform for help.',
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      },
    ])
  } finally {
    await silent.stop()
  }
})
