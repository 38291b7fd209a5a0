import { createHash, randomBytes, randomInt } from 'node:crypto'

/** A new API key: what its owner gets once, and what is kept of it. */
export interface ApiKeySecret {
  /** `arv_<10 characters>_<43 characters>`: the second part is 32 random bytes, base64url. */
  readonly secret: string
  /** The first two parts, by which people tell keys apart. */
  readonly prefix: string
  /** SHA-256 of the whole: a key is random through and through, so that a slow hash would add nothing. */
  readonly hash: Buffer
}

const FORM = /^arv_[a-z0-9]{10}_[\w-]{43}$/
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const PREFIX_LENGTH = 10

export function makeApiKey(): ApiKeySecret {
  const letters = Array.from({ length: PREFIX_LENGTH }, () => LETTERS[randomInt(LETTERS.length)])
  const prefix = `arv_${letters.join('')}`
  const secret = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { secret, prefix, hash: hashOf(secret) }
}

/** Whether a bearer token is meant to be an API key; access tokens begin otherwise. */
export function isApiKey(token: string): boolean {
  return token.startsWith('arv_')
}

/** The hash under which a key is kept; null for a text that can't be one. */
export function readApiKey(token: string): Buffer | null {
  return FORM.test(token) ? hashOf(token) : null
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
