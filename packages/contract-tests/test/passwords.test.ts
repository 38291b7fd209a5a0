import { startMailServer, type MailServer } from '@arv/testkit/mail'
import { startTokenIssuer, type TokenIssuer } from '@arv/testkit/token-issuer'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Client, textAt } from './client.ts'
import { type Platform, SHAPES, startPlatform } from './platform.ts'

const EMAIL = 'ada@example.com'
const FIRST = 'a first password'
const SECOND = 'a second password'
const THIRD = 'a third password'

interface Page {
  tokenIn(hash: string): string | null
  askForLink(url: string, email: string): Promise<{ done: boolean }>
  setPassword(url: string, token: string, newPassword: string, repeated: string): Promise<{ done: boolean }>
}

const CHANGE_PASSWORD = `mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) { user { email } userErrors { code field message } }
}`

/** Somebody forgets their password, and signs in elsewhere; each test goes on from the one before. */
describe.for(SHAPES)('in %s', (shape) => {
  let mail: MailServer
  let issuer: TokenIssuer
  let platform: Platform
  let page: Page

  const signIn = (password: string) => platform.client().send('SignIn', { input: { email: EMAIL, password } })
  const sessionOf = async (password: string) => {
    const token = textAt(await signIn(password), 'signIn', 'session', 'accessToken')
    return { token, client: platform.client(token) }
  }
  const changePassword = async (token: string, input: object): Promise<unknown> => {
    const response = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: CHANGE_PASSWORD, variables: { input } }),
    })
    return response.json()
  }
  const ends = (client: Client) =>
    vi.waitFor(() => expect(client.send('Me')).rejects.toThrow('UNAUTHENTICATED'), { timeout: 10_000 })

  beforeAll(async () => {
    mail = await startMailServer()
    issuer = await startTokenIssuer()
    platform = await startPlatform(shape, {
      variables: {
        SMTP_URL: mail.url,
        AUTH_ISSUER: issuer.issuer,
        AUTH_AUDIENCE: issuer.audience,
        AUTH_JWKS_URL: issuer.jwksUrl,
      },
    })
    page = await import(new URL('../../../gateway/pages/assets/password-reset.js', import.meta.url).href)
    const { email, password } = platform.administrator
    const signedIn = await platform.client().send('SignIn', { input: { email, password } })
    const admin = platform.client(textAt(signedIn, 'signIn', 'session', 'accessToken'))
    const created = await admin.send('CreateCompany', { input: { name: 'Print & Co' } })
    const companyId = textAt(created, 'createCompany', 'company', 'id')
    await admin.send('AddMember', {
      input: { companyId, email: EMAIL, name: 'Ada', password: FIRST, role: 'EDITOR' },
    })
  }, 120_000)

  afterAll(async () => {
    await platform.close()
    await issuer.stop()
    await mail.stop()
  })

  test('who changes their password stays signed in there, and nowhere else', async () => {
    const [here, there] = [await sessionOf(FIRST), await sessionOf(FIRST)]
    expect(await changePassword(here.token, { currentPassword: FIRST, newPassword: SECOND })).toMatchObject({
      data: { changePassword: { user: { email: EMAIL }, userErrors: [] } },
    })
    await ends(there.client)
    expect(await here.client.send('Me')).toMatchObject({ me: { email: EMAIL } })
    expect(await signIn(FIRST)).toMatchObject({ signIn: { session: null } })
  })

  test('who has forgotten theirs sets another one by the page, with the link from the letter', async () => {
    const { client } = await sessionOf(SECOND)
    const api = `${platform.url}/graphql`
    const nobodys = await page.askForLink(api, 'nobody@example.com')
    expect(await page.askForLink(api, EMAIL)).toEqual(nobodys)
    const [letter] = await mail.received(1, 30_000)
    const link = new URL(/https?:\S+/.exec(letter?.text ?? '')?.[0] ?? '')
    expect(`${link.origin}${link.pathname}`).toBe(`${platform.publicUrl}/reset-password`)
    const opened = await fetch(`${platform.url}/reset-password`)
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer')
    expect(opened.headers.get('content-security-policy')).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
    )

    const token = page.tokenIn(link.hash) ?? ''
    expect(await page.setPassword(api, token, THIRD, THIRD)).toMatchObject({ done: true })
    expect(await page.setPassword(api, token, FIRST, FIRST)).toMatchObject({ done: false })
    await ends(client)
    expect(await signIn(THIRD)).toMatchObject({ signIn: { userErrors: [] } })
    expect(mail.letters).toHaveLength(1)
  })

  test('who has the verified address of a member gets in by the issuer’s token, and stays who they are', async () => {
    const me = async (claims: object = {}) =>
      platform.client(await issuer.sign({ claims: { ...claims } })).send('Me')
    await expect(me({ email_verified: false })).rejects.toThrow(
      'no e-mail address that its issuer has verified',
    )
    expect(await me()).toMatchObject({ me: { email: EMAIL, memberships: [{ role: 'EDITOR' }] } })
    expect(await me({ email: 'married@example.com' })).toMatchObject({ me: { email: EMAIL } })
    await expect(me({ sub: 'eve' })).rejects.toThrow('stands for nobody here')
  })

  test('nobody becomes an administrator of the platform by an issuer’s token', async () => {
    const token = await issuer.sign({ claims: { sub: 'root', email: platform.administrator.email } })
    await expect(platform.client(token).send('Me')).rejects.toThrow('stands for nobody here')
  })
})
