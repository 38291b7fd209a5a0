import { generateSigningKey, publicJwksOf } from '@arv/identity'
import { describe, expect, test } from 'vitest'
import { readGatewayEnv } from './env.ts'
import { DEFAULT_LIMITS } from './operations/gateway-limits.ts'
import { DEFAULT_RATE_LIMITS, rateLimitsToVariables } from './rate-limits/rate-limit-settings.ts'

const INTERNAL_KEY = generateSigningKey()
const PUBLIC_KEYS = publicJwksOf(generateSigningKey())

const GIVEN = {
  ARV_PUBLIC_URL: 'https://arv.example/',
  ARV_INTERNAL_SIGNING_KEY: INTERNAL_KEY,
  ARV_ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(PUBLIC_KEYS),
  TENANCY_URL: 'http://tenancy:4001',
  CONTENT_URL: 'http://content:4002',
  MEDIA_URL: 'http://media:4003',
  ANALYTICS_URL: 'http://analytics:4004',
}

describe('the gateway’s environment', () => {
  test('needs little, and has defaults for the rest', () => {
    expect(readGatewayEnv(GIVEN)).toEqual({
      port: 4000,
      host: '0.0.0.0',
      isProduction: false,
      logLevel: 'info',
      publicUrl: 'https://arv.example',
      trustedProxies: [],
      corsOrigins: [],
      storageOrigins: [],
      publicOperations: undefined,
      maxUploadBytes: 536_870_912,
      limits: DEFAULT_LIMITS,
      internalSigningKey: INTERNAL_KEY,
      accessTokenPublicKeys: PUBLIC_KEYS,
      externalIssuer: undefined,
      rateLimits: DEFAULT_RATE_LIMITS,
      rateLimitStore: undefined,
      telemetry: { metricsAccess: { token: undefined, openToThisMachine: true }, otlpEndpoint: undefined },
      subgraphUrls: {
        tenancy: 'http://tenancy:4001',
        content: 'http://content:4002',
        media: 'http://media:4003',
        analytics: 'http://analytics:4004',
      },
    })
  })

  test('takes an external issuer, whole or not at all', () => {
    const issuer = {
      AUTH_ISSUER: 'https://id.example/realms/arv',
      AUTH_AUDIENCE: 'arv-api',
      AUTH_JWKS_URL: 'https://id.example/keys',
    }
    expect(readGatewayEnv({ ...GIVEN, ...issuer }).externalIssuer).toEqual({
      issuer: 'https://id.example/realms/arv',
      audience: 'arv-api',
      jwksUrl: 'https://id.example/keys',
    })
    for (const name of Object.keys(issuer)) {
      expect(() => readGatewayEnv({ ...GIVEN, ...issuer, [name]: '' })).toThrow(
        'Of AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS_URL some are set and some are not: set all or none.',
      )
    }
    expect(() => readGatewayEnv({ ...GIVEN, ...issuer, AUTH_ISSUER: 'arv' })).toThrow(
      'AUTH_ISSUER: this is what the platform calls itself',
    )
  })

  test('takes rate limits, and the database that counts for all gateways', () => {
    const { rateLimits, rateLimitStore } = readGatewayEnv({
      ...GIVEN,
      ...rateLimitsToVariables({ ...DEFAULT_RATE_LIMITS, uploads: 7 }),
      ARV_RATE_USER_POINTS: '5000',
      DATABASE_URL_GATEWAY: 'postgres://arv_gateway_login:x@db/arv',
      ARV_DB_SSL: 'require',
    })
    expect(rateLimits).toEqual({ ...DEFAULT_RATE_LIMITS, uploads: 7, user: 5000 })
    expect(rateLimitStore).toEqual({ url: 'postgres://arv_gateway_login:x@db/arv', ssl: 'require' })
    expect(() => readGatewayEnv({ ...GIVEN, ARV_RATE_PAGES: '0' })).toThrow(
      'ARV_RATE_PAGES: at least 1 is expected.',
    )
  })

  test('lists origins with commas, and takes nothing else for one', () => {
    const origins = 'https://admin.example, http://localhost:5173'
    expect(readGatewayEnv({ ...GIVEN, ARV_CORS_ORIGINS: origins }).corsOrigins).toEqual([
      'https://admin.example',
      'http://localhost:5173',
    ])
    for (const wrong of ['*', 'admin.example', 'https://admin.example/']) {
      expect(() => readGatewayEnv({ ...GIVEN, ARV_CORS_ORIGINS: wrong })).toThrow(
        'ARV_CORS_ORIGINS: origins such as https://admin.example are expected.',
      )
    }
  })

  test('lists trusted proxies with commas', () => {
    const { trustedProxies } = readGatewayEnv({ ...GIVEN, ARV_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,' })
    expect(trustedProxies).toEqual(['loopback', '10.0.0.0/8'])
  })

  test('names every variable that is missing or wrong, and shows no secret', () => {
    const wrong = {
      ...GIVEN,
      PORT: 'http',
      ARV_TRUSTED_PROXIES: 'proxy.example',
      TENANCY_URL: '',
      MEDIA_URL: 'media:4003',
      ARV_INTERNAL_SIGNING_KEY: '{"d":"secret"}',
      ARV_ACCESS_TOKEN_PUBLIC_KEYS: 'secret',
    }
    let message = ''
    try {
      readGatewayEnv(wrong)
    } catch (error) {
      message = String(error)
    }
    expect(message).toMatch(
      /^Error: The gateway can't start\. PORT: .+\. ARV_TRUSTED_PROXIES: IP .+\. ARV_INTERNAL_SIGNING_KEY: an Ed25519 .+\. ARV_ACCESS_TOKEN_PUBLIC_KEYS: a JWK set .+\. TENANCY_URL is not set\. MEDIA_URL: .+\.$/,
    )
    expect(message).not.toContain('secret')
  })
})
