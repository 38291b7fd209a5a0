import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { generateSigningKey, publicJwksOf, readPublicJwks, readSigningKey } from './signing-key.ts'

describe('signing keys', () => {
  test('the public set holds no private part, and its key id is the RFC 7638 thumbprint', async () => {
    const privateJwk = generateSigningKey()
    const [key] = publicJwksOf(privateJwk).keys
    expect(key).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      alg: 'EdDSA',
      use: 'sig',
      x: JSON.parse(privateJwk).x,
      kid: await calculateJwkThumbprint(JSON.parse(privateJwk)),
    })
  })

  test('a public set survives being written to configuration and read back', () => {
    const jwks = publicJwksOf(generateSigningKey())
    expect(readPublicJwks(JSON.stringify(jwks))).toEqual(jwks)
  })

  test.each(['', 'secret', '{"kty":"oct","k":"c2VjcmV0"}', '{"kty":"OKP","crv":"X25519","x":"a","d":"b"}'])(
    'what is no Ed25519 private key is refused without being shown: %j',
    (text) => {
      expect(() => readSigningKey(text)).toThrow(
        'The signing key is not an Ed25519 private key in JWK form (kty OKP, crv, x, d).',
      )
    },
  )

  test('what is no key set is refused', () => {
    expect(() => readPublicJwks('{"keys":[]}')).toThrow('The public keys are not a JWK set')
  })
})
