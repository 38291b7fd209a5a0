import { decodeJwt, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import { z } from 'zod'
import { createRemoteKeys } from './remote-keys.ts'
import { tokenRefusalOf } from './token-refusal.ts'
import type { TokenRefusal } from './token-refusal.ts'

/** Whom a token of an external issuer is about. */
export interface ExternalSubject {
  readonly issuer: string
  /** The issuer's own name for them, which it gives to nobody else. */
  readonly subject: string
  /** In lower case; null unless the issuer says that it has verified that the address is theirs. */
  readonly verifiedEmail: string | null
}

export type ExternalTokenVerdict =
  | ({ readonly kind: 'valid'; readonly expiresAt: Date } & ExternalSubject)
  | { readonly kind: 'invalid'; readonly reason: TokenRefusal }

export interface ExternalTokenVerifier {
  /** Whether a token says that it is this issuer's; nothing of it is verified by that. */
  claims(token: string): boolean
  /** @throws KeysUnavailableError when the issuer's keys can't be had, and the token may be good */
  verify(token: string): Promise<ExternalTokenVerdict>
}

/** An issuer whose access tokens are accepted beside the platform's own. */
export interface ExternalIssuer {
  /** The `iss` of its tokens, character for character. */
  readonly issuer: string
  /** What it calls this platform: the `aud` of its tokens, or one of them. */
  readonly audience: string
  /** Where its JWK set is. */
  readonly jwksUrl: string
}

interface VerifierOptions extends ExternalIssuer {
  readonly fetch?: typeof globalThis.fetch
  readonly now?: () => Date
}

/** With two keys only: what is signed with a secret that both sides know could be signed by us, or with the public key. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** RFC 9068's, and what issuers wrote before it or still do. Others are for something else: logout, proofs, events. */
const TYPES = /^(?:(?:application\/)?at\+jwt|jwt)$/i

/** Two machines' clocks. */
const CLOCK_TOLERANCE_SECONDS = 5

const claimsSchema = z.object({
  iss: z.string(),
  /** OpenID Connect Core 1.0, 2: at most 255 ASCII characters. */
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  exp: z.number(),
  email: z.string().max(254).optional().catch(undefined),
  /** Some send it as text. */
  email_verified: z.union([z.boolean(), z.literal('true').transform(() => true)]).catch(false),
})

/**
 * Verifies access tokens of an external issuer: signed with one of its keys by an asymmetric algorithm, for this
 * audience, with a subject, in their time. Never throws for a bad token.
 */
export function createExternalTokenVerifier(options: VerifierOptions): ExternalTokenVerifier {
  const { issuer, audience, jwksUrl: url, fetch, now = () => new Date() } = options
  const keys = createRemoteKeys({ url, now, ...(fetch && { fetch }) })

  async function verified(token: string): Promise<JWTPayload> {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now(),
    })
    if (!TYPES.test(protectedHeader.typ ?? 'jwt')) {
      throw new errors.JWTClaimValidationFailed('unexpected "typ" JWT header value', payload, 'typ')
    }
    return payload
  }

  return {
    claims: (token) => issuerOf(token) === issuer,
    async verify(token) {
      let payload: JWTPayload
      try {
        payload = await verified(token)
      } catch (error) {
        return { kind: 'invalid', reason: tokenRefusalOf(error) }
      }
      const claims = claimsSchema.safeParse(payload)
      if (!claims.success) return { kind: 'invalid', reason: 'badClaims' }
      const { iss, sub, exp, email, email_verified: isVerified } = claims.data
      return {
        kind: 'valid',
        issuer: iss,
        subject: sub,
        verifiedEmail: email !== undefined && isVerified ? email.toLowerCase() : null,
        expiresAt: new Date(exp * 1000),
      }
    },
  }
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
