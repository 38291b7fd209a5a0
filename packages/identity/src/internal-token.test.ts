import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAccessTokenIssuer } from './access-token.ts'
import { ANONYMOUS } from './caller.ts'
import type { Principal } from './caller.ts'
import { createInternalTokenSigner, createInternalTokenVerifier, subgraphAudience } from './internal-token.ts'
import { generateSigningKey, publicJwksOf, readSigningKey } from './signing-key.ts'

const privateJwk = generateSigningKey()
const noon = new Date('2026-11-05T12:00:00Z')
const audience = subgraphAudience('media')
const after = (seconds: number) => new Date(noon.getTime() + seconds * 1000)
const verifierAt = (now: () => Date) =>
  createInternalTokenVerifier({ publicJwks: publicJwksOf(privateJwk), audience, now })
const owner: Principal = {
  kind: 'user',
  userId: 5,
  isPlatformAdmin: false,
  memberships: [
    { companyId: 9, role: 'OWNER' },
    { companyId: 3, role: 'EDITOR' },
    { companyId: 2, role: 'VIEWER' },
  ],
}

describe('internal tokens', () => {
  test.each([
    ['a member of three companies', owner],
    ['a platform admin', { kind: 'user', userId: 1, isPlatformAdmin: true, memberships: [] }],
    ['nobody', ANONYMOUS],
  ] as const)('carry %s unchanged', async (_who, principal) => {
    const token = await createInternalTokenSigner({ privateJwk }).sign(audience, { principal })
    expect(await verifierAt(() => new Date()).verify(token)).toEqual({ kind: 'valid', principal })
  })

  test('are reused for half of their minute, per audience and principal', async () => {
    let now = noon
    const signer = createInternalTokenSigner({ privateJwk, now: () => now })
    const first = await signer.sign(audience, { principal: owner })
    now = after(29)
    expect(await signer.sign(audience, { principal: owner })).toBe(first)
    expect(await signer.sign('subgraph:content', { principal: owner })).not.toBe(first)
    expect(await signer.sign(audience, { principal: { ...owner, memberships: [] } })).not.toBe(first)
    now = after(30)
    expect(await signer.sign(audience, { principal: owner })).not.toBe(first)
  })

  test('expire after a minute, also one that was seen valid before', async () => {
    let now = noon
    const token = await createInternalTokenSigner({ privateJwk, now: () => now }).sign(audience, {
      principal: owner,
    })
    const verifier = verifierAt(() => now)
    now = after(59)
    expect(await verifier.verify(token)).toMatchObject({ kind: 'valid' })
    now = after(60)
    expect(await verifier.verify(token)).toEqual({ kind: 'invalid', reason: 'expired' })
  })

  test('for another subgraph are refused', async () => {
    const token = await createInternalTokenSigner({ privateJwk }).sign('subgraph:tenancy', {
      principal: owner,
    })
    expect(await verifierAt(() => new Date()).verify(token)).toEqual({
      kind: 'invalid',
      reason: 'wrongAudience',
    })
  })

  test('of a stranger are refused', async () => {
    const signer = createInternalTokenSigner({ privateJwk: generateSigningKey() })
    const token = await signer.sign(audience, { principal: owner })
    expect(await verifierAt(() => new Date()).verify(token)).toEqual({
      kind: 'invalid',
      reason: 'unknownKey',
    })
  })

  test('are not replaced by a user’s access token, even of the same key and audience', async () => {
    const issuer = createAccessTokenIssuer({ privateJwk, issuer: 'i', audience, ttlSeconds: 60 })
    const { token } = await issuer.issue({ userId: 5, familyId: 'f' })
    expect(await verifierAt(() => new Date()).verify(token)).toEqual({ kind: 'invalid', reason: 'wrongType' })
  })

  test.each([
    ['no principal', undefined],
    ['a principal of another shape', { user: 5, admin: 'yes' }],
    [
      'a principal with more than its shape',
      { user: 5, admin: true, owner: [], editor: [], viewer: [], root: 1 },
    ],
  ])('with %s are refused', async (_what, prn) => {
    const { key, kid } = readSigningKey(privateJwk)
    const token = await new SignJWT({ prn })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'arv-internal+jwt', kid })
      .setIssuedAt(noon)
      .setExpirationTime(after(60))
      .setAudience(audience)
      .sign(key)
    expect(await verifierAt(() => noon).verify(token)).toEqual({ kind: 'invalid', reason: 'badClaims' })
  })

  test('of someone in a thousand companies fit in a header', async () => {
    const memberships = Array.from({ length: 1000 }, (_, index) => ({
      companyId: 100_000 + index,
      role: 'VIEWER' as const,
    }))
    const token = await createInternalTokenSigner({ privateJwk }).sign(audience, {
      principal: { ...owner, memberships },
    })
    expect(token.length).toBeLessThan(10_000)
    expect(Object.keys(decodeJwt(token)).toSorted()).toEqual(['aud', 'exp', 'iat', 'prn'])
  })
})
