import { createHash, randomBytes } from 'node:crypto'

/** A secret that is good for one use, such as a refresh token: what somebody gets, and what is kept of it. */
export interface OneTimeToken {
  /** 32 random bytes, base64url. */
  readonly token: string
  /** SHA-256 of the bytes: a token is random through and through, so that a slow hash would add nothing. */
  readonly hash: Buffer
}

export function makeOneTimeToken(): OneTimeToken {
  const bytes = randomBytes(32)
  return { token: bytes.toString('base64url'), hash: hashOf(bytes) }
}

/** The hash of a token that a client sent; null for what can't be one. */
export function readOneTimeToken(token: string): Buffer | null {
  return /^[\w-]{43}$/.test(token) ? hashOf(Buffer.from(token, 'base64url')) : null
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
