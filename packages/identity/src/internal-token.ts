import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller, Principal } from './caller.ts'
import { claimsOf, principalOf } from './principal.ts'
import { readSigningKey } from './signing-key.ts'
import { tokenRefusalOf } from './token-refusal.ts'
import type { TokenRefusal } from './token-refusal.ts'

const TYPE = 'arv-internal+jwt'
const LIFE_SECONDS = 60
/** A token is handed out again for this long, so the one who gets it has at least 30 s to use it. */
const REUSE_SECONDS = 30
const CACHED_TOKENS = 5000

/** Signs what the gateway (or a subgraph that sends a command) says to a subgraph: who is asking. */
export interface InternalTokenSigner {
  /** `audience` is `subgraph:<name>`. Request id and client travel beside the token, as headers. */
  sign(audience: string, caller: Pick<Caller, 'principal'>): Promise<string>
}

export type InternalTokenVerdict =
  | { readonly kind: 'valid'; readonly principal: Principal }
  | { readonly kind: 'invalid'; readonly reason: TokenRefusal }

export interface InternalTokenVerifier {
  verify(token: string): Promise<InternalTokenVerdict>
}

/** The audience of tokens for one subgraph. */
export function subgraphAudience(name: string): string {
  return `subgraph:${name}`
}

interface SignerOptions {
  /** Ed25519 private JWK, JSON text. */
  readonly privateJwk: string
  readonly now?: () => Date
}

/** Tokens live a minute; one is reused for half of it per (audience, principal), so that signing stays off the hot path. */
export function createInternalTokenSigner(options: SignerOptions): InternalTokenSigner {
  const { key, kid } = readSigningKey(options.privateJwk)
  const now = options.now ?? (() => new Date())
  const signed = new LRUCache<string, { token: Promise<string>; reuseUntil: number }>({ max: CACHED_TOKENS })
  return {
    sign(audience, { principal }) {
      const claims = claimsOf(principal)
      const identity = `${audience} ${JSON.stringify(claims)}`
      const seconds = Math.floor(now().getTime() / 1000)
      const cached = signed.get(identity)
      if (cached && cached.reuseUntil > seconds) return cached.token
      const token = new SignJWT({ prn: claims })
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid })
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + LIFE_SECONDS)
        .setAudience(audience)
        .sign(key)
      signed.set(identity, { token, reuseUntil: seconds + REUSE_SECONDS })
      return token
    },
  }
}

interface VerifierOptions {
  readonly publicJwks: JSONWebKeySet
  readonly audience: string
  readonly now?: () => Date
}

/** Verifies internal tokens for one audience. A token once found valid is remembered until it expires. */
export function createInternalTokenVerifier(options: VerifierOptions): InternalTokenVerifier {
  const keys = createLocalJWKSet(options.publicJwks)
  const now = options.now ?? (() => new Date())
  const known = new LRUCache<string, { principal: Principal; expiresAt: number }>({ max: CACHED_TOKENS })
  return {
    async verify(token) {
      const remembered = known.get(token)
      if (remembered && remembered.expiresAt > now().getTime()) {
        return { kind: 'valid', principal: remembered.principal }
      }
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ['EdDSA'],
          typ: TYPE,
          audience: options.audience,
          requiredClaims: ['exp', 'prn'],
          currentDate: now(),
        })
        const principal = principalOf(payload['prn'])
        if (principal === null || payload.exp === undefined) return { kind: 'invalid', reason: 'badClaims' }
        known.set(token, { principal, expiresAt: payload.exp * 1000 })
        return { kind: 'valid', principal }
      } catch (error) {
        return { kind: 'invalid', reason: tokenRefusalOf(error) }
      }
    },
  }
}
