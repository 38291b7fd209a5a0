import { createSecretKey } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAccessTokenIssuer, createAccessTokenVerifier } from './access-token.ts'
import { generateSigningKey, publicJwksOf, readSigningKey } from './signing-key.ts'

const privateJwk = generateSigningKey()
const audienceAndIssuer = { issuer: 'https://arv.test', audience: 'arv' }
const noon = new Date('2026-11-05T12:00:00Z')
const issuer = createAccessTokenIssuer({ privateJwk, ...audienceAndIssuer, ttlSeconds: 900, now: () => noon })
const verifierAt = (now: Date) =>
  createAccessTokenVerifier({ publicJwks: publicJwksOf(privateJwk), ...audienceAndIssuer, now: () => now })
const verifier = verifierAt(noon)

/** A token that is right in everything but what the test changes. */
async function forge(change: {
  header?: Record<string, string>
  claims?: Record<string, unknown>
  jwk?: string
}): Promise<string> {
  const { key, kid } = readSigningKey(change.jwk ?? privateJwk)
  const seconds = noon.getTime() / 1000
  const claims = {
    sub: '7',
    fam: 'f',
    jti: 'j',
    iss: 'https://arv.test',
    aud: 'arv',
    iat: seconds,
    exp: seconds + 900,
  }
  return new SignJWT({ ...claims, ...change.claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...change.header })
    .sign(key)
}

describe('access tokens', () => {
  test('what was issued is valid until it expires', async () => {
    const { token, expiresAt } = await issuer.issue({ userId: 7, familyId: 'f-1' })
    expect(expiresAt).toEqual(new Date('2026-11-05T12:15:00Z'))
    expect(await verifier.verify(token)).toEqual({ kind: 'valid', userId: 7, familyId: 'f-1', expiresAt })
    const late = verifierAt(new Date('2026-11-05T12:15:00Z'))
    expect(await late.verify(token)).toEqual({ kind: 'invalid', reason: 'expired' })
  })

  test('a token holds the user, the family and what the standard asks for, nothing else', async () => {
    const { token } = await issuer.issue({ userId: 7, familyId: 'f-1' })
    expect(Object.keys(decodeJwt(token)).toSorted()).toEqual([
      'aud',
      'exp',
      'fam',
      'iat',
      'iss',
      'jti',
      'sub',
    ])
    expect(decodeJwt(token).sub).toBe('7')
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: readSigningKey(privateJwk).kid,
    })
  })

  test('the forged tokens below differ from a valid one only in what they forge', async () => {
    expect(await verifier.verify(await forge({}))).toMatchObject({ kind: 'valid', userId: 7 })
  })

  test.each([
    ['of another type', { header: { typ: 'arv-internal+jwt' } }, 'wrongType'],
    ['of another issuer', { claims: { iss: 'https://evil.test' } }, 'wrongIssuer'],
    ['for another audience', { claims: { aud: 'subgraph:media' } }, 'wrongAudience'],
    ['that never expires', { claims: { exp: undefined } }, 'badClaims'],
    ['without a user', { claims: { sub: undefined } }, 'badClaims'],
    ['whose user is no number', { claims: { sub: '7 or 1=1' } }, 'badClaims'],
    ['without a family', { claims: { fam: undefined } }, 'badClaims'],
    ['signed by a stranger', { jwk: generateSigningKey() }, 'unknownKey'],
    [
      'signed by a stranger under our key id',
      { jwk: generateSigningKey(), header: { kid: readSigningKey(privateJwk).kid } },
      'badSignature',
    ],
  ] as const)('a token %s is refused', async (_what, change, reason) => {
    expect(await verifier.verify(await forge(change))).toEqual({ kind: 'invalid', reason })
  })

  test('a tampered payload is refused', async () => {
    const [header, , signature] = (await forge({})).split('.')
    const payload = Buffer.from(JSON.stringify({ ...decodeJwt(await forge({})), sub: '1' })).toString(
      'base64url',
    )
    expect(await verifier.verify(`${header}.${payload}.${signature}`)).toEqual({
      kind: 'invalid',
      reason: 'badSignature',
    })
  })

  test('an unsigned token is refused', async () => {
    const [, payload] = (await forge({})).split('.')
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    expect(await verifier.verify(`${header}.${payload}.`)).toEqual({
      kind: 'invalid',
      reason: 'wrongAlgorithm',
    })
  })

  test('a token signed with HS256 and the public key as its secret is refused', async () => {
    const [jwk] = publicJwksOf(privateJwk).keys
    const token = await new SignJWT(decodeJwt(await forge({})))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: readSigningKey(privateJwk).kid })
      .sign(createSecretKey(Buffer.from(JSON.stringify(jwk))))
    expect(await verifier.verify(token)).toEqual({ kind: 'invalid', reason: 'wrongAlgorithm' })
  })

  test.each(['', 'x', 'a.b.c', '....'])('garbage is refused: %j', async (token) => {
    expect(await verifier.verify(token)).toEqual({ kind: 'invalid', reason: 'malformed' })
  })
})
