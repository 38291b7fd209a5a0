import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import type { JSONWebKeySet, JWTPayload } from 'jose'
import { z } from 'zod'
import { readSigningKey } from './signing-key.ts'
import { tokenRefusalOf } from './token-refusal.ts'
import type { TokenRefusal } from './token-refusal.ts'

const TYPE = 'at+jwt'

/** The `iss` and `aud` of the platform's own access tokens: tenancy issues by them, the gateway verifies by them. */
export const PLATFORM_TOKENS = { issuer: 'arv', audience: 'arv' } as const

/** What an access token says: whose it is and which sign-in (refresh token family) it came from. */
export interface AccessTokenSubject {
  readonly userId: number
  readonly familyId: string
}

export interface AccessTokenIssuer {
  issue(subject: AccessTokenSubject): Promise<{ token: string; expiresAt: Date }>
}

export type AccessTokenVerdict =
  | ({ readonly kind: 'valid'; readonly expiresAt: Date } & AccessTokenSubject)
  | { readonly kind: 'invalid'; readonly reason: TokenRefusal }

export interface AccessTokenVerifier {
  verify(token: string): Promise<AccessTokenVerdict>
}

interface IssuerOptions {
  /** Ed25519 private JWK, JSON text. */
  readonly privateJwk: string
  readonly issuer: string
  readonly audience: string
  readonly ttlSeconds: number
  readonly now?: () => Date
}

/** Issues EdDSA access tokens (RFC 9068 type `at+jwt`); roles are not in them, so that a changed role counts at once. */
export function createAccessTokenIssuer(options: IssuerOptions): AccessTokenIssuer {
  const { key, kid } = readSigningKey(options.privateJwk)
  const now = options.now ?? (() => new Date())
  return {
    async issue({ userId, familyId }) {
      const issuedAt = Math.floor(now().getTime() / 1000)
      const expiresAt = issuedAt + options.ttlSeconds
      const token = await new SignJWT({ fam: familyId })
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid })
        .setSubject(String(userId))
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .setJti(randomUUID())
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .sign(key)
      return { token, expiresAt: new Date(expiresAt * 1000) }
    },
  }
}

interface VerifierOptions {
  readonly publicJwks: JSONWebKeySet
  readonly issuer: string
  readonly audience: string
  readonly now?: () => Date
}

const claimsSchema = z.object({
  sub: z
    .string()
    .regex(/^[1-9]\d{0,9}$/)
    .transform(Number),
  fam: z.string().min(1),
  exp: z.number(),
  jti: z.string().min(1),
})

/** Verifies access tokens: only EdDSA, only `at+jwt`, only this issuer and audience. Never throws for a bad token. */
export function createAccessTokenVerifier(options: VerifierOptions): AccessTokenVerifier {
  const keys = createLocalJWKSet(options.publicJwks)
  const now = options.now ?? (() => new Date())
  return {
    async verify(token) {
      let payload: JWTPayload
      try {
        const verified = await jwtVerify(token, keys, {
          algorithms: ['EdDSA'],
          typ: TYPE,
          issuer: options.issuer,
          audience: options.audience,
          currentDate: now(),
        })
        payload = verified.payload
      } catch (error) {
        return { kind: 'invalid', reason: tokenRefusalOf(error) }
      }
      const claims = claimsSchema.safeParse(payload)
      if (!claims.success) return { kind: 'invalid', reason: 'badClaims' }
      const { sub, fam, exp } = claims.data
      return { kind: 'valid', userId: sub, familyId: fam, expiresAt: new Date(exp * 1000) }
    },
  }
}
