import { createSecretKey } from 'node:crypto'
import { startTokenIssuer } from '@arv/testkit/token-issuer'
import type { TokenDraft, TokenIssuer } from '@arv/testkit/token-issuer'
import { decodeJwt, exportSPKI, importJWK, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createExternalTokenVerifier } from './external-token.ts'
import type { ExternalTokenVerifier } from './external-token.ts'
import { KeysUnavailableError } from './remote-keys.ts'

let issuer: TokenIssuer
let now: number
let verifier: ExternalTokenVerifier

beforeEach(async () => {
  issuer = await startTokenIssuer()
  now = Date.now()
  verifier = createExternalTokenVerifier({ ...issuer, now: () => new Date(now) })
})
afterEach(() => issuer.stop())

const pass = (seconds: number) => (now += seconds * 1000)
/** Good for a year: time passes in these tests. */
const signLong = (draft: TokenDraft = {}) =>
  issuer.sign({ ...draft, claims: { exp: now / 1000 + 31_536_000, ...draft.claims } })
const kindOf = async (token: string) => (await verifier.verify(token)).kind
const refused = (reason: string) => ({ kind: 'invalid', reason })

describe('a token of the issuer', () => {
  test('says who it is about, and until when', async () => {
    const token = await issuer.sign({ claims: { email: 'Ada@Example.com', exp: 4_000_000_000 } })
    expect(verifier.claims(token)).toBe(true)
    expect(await verifier.verify(token)).toEqual({
      kind: 'valid',
      issuer: issuer.issuer,
      subject: 'ada',
      verifiedEmail: 'ada@example.com',
      expiresAt: new Date(4_000_000_000_000),
    })
  })

  test.each([
    ['that is not verified', { email_verified: false }],
    ['of which nobody says that it is verified', { email_verified: undefined }],
    ['that is verified in other words', { email_verified: 1 }],
    ['that is none', { email: 7 }],
    ['that is missing', { email: undefined }],
  ])('has no e-mail address for one %s', async (_what, claims) => {
    expect(await verifier.verify(await issuer.sign({ claims }))).toMatchObject({
      kind: 'valid',
      verifiedEmail: null,
    })
  })

  test('may be of several types and for several audiences', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'JWT']) {
      expect(await kindOf(await issuer.sign({ header: { typ } }))).toBe('valid')
    }
    expect(await kindOf(await issuer.sign({ claims: { aud: ['other', issuer.audience] } }))).toBe('valid')
    expect(await kindOf(await issuer.sign({ claims: { email_verified: 'true' } }))).toBe('valid')
  })
})

describe('refused is a token', () => {
  test.each([
    ['for another audience', { claims: { aud: 'somebody-else' } }, 'wrongAudience'],
    ['for no audience', { claims: { aud: undefined } }, 'wrongAudience'],
    ['of another issuer', { claims: { iss: 'https://evil.example' } }, 'wrongIssuer'],
    ['of another type', { header: { typ: 'logout+jwt' } }, 'wrongType'],
    ['without a subject', { claims: { sub: undefined } }, 'badClaims'],
    ['with an empty subject', { claims: { sub: '' } }, 'badClaims'],
    ['whose subject is no name', { claims: { sub: 'a\u0000b' } }, 'badClaims'],
    ['that never expires', { claims: { exp: undefined } }, 'badClaims'],
    ['that has expired', { claims: { exp: 1_000_000_000 } }, 'expired'],
    ['from the future', { claims: { nbf: 4_000_000_000 } }, 'badClaims'],
    ['of an unknown key', { header: { kid: 'nobody' } }, 'unknownKey'],
  ] as const)('%s', async (_what, draft, reason) => {
    expect(await verifier.verify(await issuer.sign(draft))).toEqual(refused(reason))
  })

  test('signed by a stranger under a key id of the issuer’s', async () => {
    const key = { ...(await issuer.strangeKey()), kid: issuer.key.kid }
    expect(await verifier.verify(await issuer.sign({ key }))).toEqual(refused('badSignature'))
  })

  test('with another payload than was signed', async () => {
    const [header, , signature] = (await issuer.sign()).split('.')
    const payload = Buffer.from(JSON.stringify({ ...decodeJwt(await issuer.sign()), sub: 'eve' }))
    const token = `${header}.${payload.toString('base64url')}.${signature}`
    expect(await verifier.verify(token)).toEqual(refused('badSignature'))
  })

  test('that nobody signed', async () => {
    const [, payload] = (await issuer.sign()).split('.')
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    expect(await verifier.verify(`${header}.${payload}.`)).toEqual(refused('wrongAlgorithm'))
  })

  test('signed by HS256 with the public key as its secret, in any of its forms', async () => {
    const { publicJwk, kid } = issuer.key
    const publicKey = await importJWK({ ...publicJwk, ext: true }, 'ES256')
    if (publicKey instanceof Uint8Array) throw new Error('the key is symmetric')
    for (const secret of [JSON.stringify(publicJwk), await exportSPKI(publicKey), publicJwk.x ?? '']) {
      const token = await new SignJWT(decodeJwt(await issuer.sign()))
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(createSecretKey(Buffer.from(secret)))
      expect(await verifier.verify(token)).toEqual(refused('wrongAlgorithm'))
    }
  })

  test.each(['', 'x', 'a.b.c', '....'])('that is garbage: %j', async (token) => {
    expect(verifier.claims(token)).toBe(false)
    expect(await verifier.verify(token)).toEqual(refused('malformed'))
  })

  test('without asking the issuer for its keys, where no key could make it good', async () => {
    for (const header of [{ alg: 'none' }, { alg: 'HS256' }]) {
      const text = Buffer.from(JSON.stringify(header)).toString('base64url')
      await verifier.verify(`${text}.e30.`)
    }
    expect(issuer.fetches).toBe(0)
  })
})

describe('the issuer’s keys', () => {
  test('are fetched once for many tokens at the same time, and then known', async () => {
    const token = await issuer.sign()
    const kinds = await Promise.all(Array.from({ length: 20 }, () => kindOf(token)))
    expect(new Set(kinds)).toEqual(new Set(['valid']))
    expect(await kindOf(token)).toBe('valid')
    expect(issuer.fetches).toBe(1)
  })

  test('are fetched again for a key that is not known, once in 30 seconds', async () => {
    const first = await signLong()
    expect(await kindOf(first)).toBe('valid')
    pass(31)
    await issuer.rotate()
    const second = await signLong()
    expect(await kindOf(second)).toBe('valid')
    expect(await kindOf(first)).toBe('valid')
    expect(issuer.fetches).toBe(2)

    const unknown = await Promise.all(
      Array.from({ length: 50 }, (_, index) => signLong({ header: { kid: `k${index}` } })),
    )
    for (const token of unknown) expect(await verifier.verify(token)).toEqual(refused('unknownKey'))
    expect(issuer.fetches).toBe(2)
    pass(31)
    for (const token of unknown) expect(await verifier.verify(token)).toEqual(refused('unknownKey'))
    expect(issuer.fetches).toBe(3)
    expect(await kindOf(second)).toBe('valid')
  })

  test('that the issuer has withdrawn are not good for longer than ten minutes', async () => {
    const token = await signLong()
    expect(await kindOf(token)).toBe('valid')
    await issuer.rotate({ forgetOld: true })
    expect(await kindOf(token)).toBe('valid')
    pass(601)
    await kindOf(token)
    await expect.poll(() => verifier.verify(token)).toEqual(refused('unknownKey'))
  })

  test('are good while their server is away, for a day', async () => {
    const token = await signLong()
    expect(await kindOf(token)).toBe('valid')
    issuer.fail(500)
    for (const seconds of [60, 3600, 80_000]) {
      pass(seconds)
      expect(await kindOf(token)).toBe('valid')
    }
    pass(6000)
    await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError)
    issuer.fail(null)
    pass(31)
    expect(await kindOf(token)).toBe('valid')
  })

  test('can’t be asked for an unknown one while their server is away: that refuses nobody', async () => {
    expect(await kindOf(await signLong())).toBe('valid')
    await issuer.rotate()
    issuer.fail(503)
    pass(31)
    const token = await signLong()
    await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError)
    await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError)
    expect(issuer.fetches).toBe(2)
    issuer.fail(null)
    pass(31)
    expect(await kindOf(token)).toBe('valid')
  })

  test('are asked for again soon while there are none at all', async () => {
    issuer.fail(500)
    const token = await signLong()
    await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError)
    issuer.fail(null)
    await expect(verifier.verify(token)).rejects.toThrow(KeysUnavailableError)
    expect(issuer.fetches).toBe(1)
    pass(5)
    expect(await kindOf(token)).toBe('valid')
  })
})
