import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { JSONWebKeySet, JWK } from 'jose'
import { z } from 'zod'

const publicJwkSchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() })
const privateJwkSchema = publicJwkSchema.extend({ d: z.string() })
const jwksSchema = z.object({
  keys: z
    .array(publicJwkSchema.extend({ kid: z.string() }).transform(({ x, kid }) => publicJwk(x, kid)))
    .min(1),
})

export interface SigningKey {
  readonly key: KeyObject
  readonly kid: string
  readonly publicX: string
}

/** A new Ed25519 private key as a JWK in JSON: what the configuration holds. */
export function generateSigningKey(): string {
  return JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))
}

/**
 * Reads a private Ed25519 JWK (JSON text).
 * @throws Error that says what is wrong and never shows the key.
 */
export function readSigningKey(privateJwk: string): SigningKey {
  const parsed = privateJwkSchema.safeParse(parseJson(privateJwk))
  if (!parsed.success)
    throw new Error('The signing key is not an Ed25519 private key in JWK form (kty OKP, crv, x, d).')
  const { kty, crv, x, d } = parsed.data
  return { key: createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }), kid: thumbprint(x), publicX: x }
}

/** The public half of a private JWK, as the key set that verifiers take. */
export function publicJwksOf(privateJwk: string): JSONWebKeySet {
  const { kid, publicX } = readSigningKey(privateJwk)
  return { keys: [publicJwk(publicX, kid)] }
}

/**
 * Reads a public key set (JSON text), as configuration holds it.
 * @throws Error when it is not a set of Ed25519 public keys with key ids.
 */
export function readPublicJwks(json: string): JSONWebKeySet {
  const parsed = jwksSchema.safeParse(parseJson(json))
  if (!parsed.success) {
    throw new Error(
      'The public keys are not a JWK set of Ed25519 keys: { "keys": [{ "kty", "crv", "x", "kid" }] }.',
    )
  }
  return parsed.data
}

function publicJwk(x: string, kid: string): JWK {
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
}

/** RFC 7638 thumbprint of an Ed25519 key: SHA-256 of its required members in lexical order. */
function thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
