import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { generateSigningKey, publicJwksOf } from '@arv/identity'

/** A key that signs tokens by hand, as no library would. */
export interface Forge {
  /** As the platform that believes it is configured. */
  readonly privateJwk: string
  /** A token that is right in everything but what is given; undefined leaves a claim or a header out. */
  token(change?: { header?: object; claims?: object }): string
  /** The same, signed by another way than the platform's key. */
  signedBy(signature: (signed: Buffer) => Buffer, change?: { header?: object; claims?: object }): string
  /** What everybody may know of it. */
  readonly publicForms: readonly (string | Buffer)[]
}

export function createForge(): Forge {
  const privateJwk = generateSigningKey()
  const key = createPrivateKey({ key: JSON.parse(privateJwk), format: 'jwk' })
  const publicKey = createPublicKey(key)
  const [{ kid = '', x = '' } = {}] = publicJwksOf(privateJwk).keys
  const signedBy: Forge['signedBy'] = (signature, { header = {}, claims = {} } = {}) => {
    const now = Math.floor(Date.now() / 1000)
    const head = { alg: 'EdDSA', typ: 'at+jwt', kid, ...header }
    const body = { sub: '5', fam: 'f1', jti: 'j', iss: 'arv', aud: 'arv', iat: now, exp: now + 60, ...claims }
    const signed = Buffer.from(`${encoded(head)}.${encoded(body)}`)
    return `${signed.toString()}.${signature(signed).toString('base64url')}`
  }
  return {
    privateJwk,
    publicForms: [
      x,
      Buffer.from(x, 'base64url'),
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ],
    token: (change) => signedBy((signed) => sign(null, signed, key), change),
    signedBy,
  }
}

/** A stranger's key pair, and how it signs. */
export function strangersKey(): { readonly jwk: object; readonly sign: (signed: Buffer) => Buffer } {
  const pair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519')
  return {
    jwk: pair.publicKey.export({ format: 'jwk' }),
    sign: (signed) => sign(null, signed, pair.privateKey),
  }
}

export function hs256(secret: string | Buffer): (signed: Buffer) => Buffer {
  return (signed) => createHmac('sha256', secret).update(signed).digest()
}

/** A token with another payload under the same signature. */
export function withPayload(token: string, change: object): string {
  const [header, payload = '', signature] = token.split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  if (typeof claims !== 'object') throw new Error('The payload is no object.')
  return `${header}.${encoded({ ...claims, ...change })}.${signature}`
}

export function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
