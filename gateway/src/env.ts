import { publicJwksOf, readPublicJwks } from '@arv/identity'
import type { ExternalIssuer } from '@arv/identity'
import { telemetrySettings, telemetryVariables } from '@arv/telemetry'
import type { TelemetrySettings } from '@arv/telemetry'
import { z } from 'zod'
import { FRONT_VARIABLES } from './front-variables.ts'
import { isOrigin } from './cors.ts'
import { EXTERNAL_ISSUER_VARIABLES, externalIssuerOf } from './external-issuer-settings.ts'
import { LIMIT_VARIABLES, limitsOf } from './operations/gateway-limits.ts'
import type { GatewayLimits } from './operations/gateway-limits.ts'
import { RATE_LIMIT_VARIABLES, rateLimitsOf } from './rate-limits/rate-limit-settings.ts'
import type { RateLimitSettings } from './rate-limits/rate-limit-settings.ts'

const text = z.string().trim().min(1)
const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))

const privateKey = z
  .string()
  .refine((jwk) => doesNotThrow(() => publicJwksOf(jwk)), 'an Ed25519 private JWK is expected')

const publicKeys = z.string().transform((jwks, context) => {
  try {
    return readPublicJwks(jwks)
  } catch {
    context.addIssue('a JWK set of Ed25519 public keys is expected')
    return z.NEVER
  }
})

const schema = z.object({
  ...telemetryVariables,
  ...RATE_LIMIT_VARIABLES,
  ...EXTERNAL_ISSUER_VARIABLES,
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: text.default('0.0.0.0'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ARV_PUBLIC_URL: address,
  ...FRONT_VARIABLES,
  ARV_CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
    .refine((list) => list.every(isOrigin), 'origins such as https://admin.example are expected'),
  ARV_PUBLIC_OPERATIONS: text.optional(),
  ...LIMIT_VARIABLES,
  ARV_MAX_UPLOAD_BYTES: z.coerce.number().int().positive().default(536_870_912),
  ARV_INTERNAL_SIGNING_KEY: privateKey,
  ARV_ACCESS_TOKEN_PUBLIC_KEYS: publicKeys,
  DATABASE_URL_GATEWAY: z
    .url({ protocol: /^postgres(ql)?$/, error: 'a postgresql:// address is expected' })
    .optional(),
  ARV_DB_SSL: z.enum(['disable', 'require', 'verify-full']).default('disable'),
  TENANCY_URL: address,
  CONTENT_URL: address,
  MEDIA_URL: address,
  ANALYTICS_URL: address,
})

export interface GatewayEnv {
  readonly port: number
  readonly host: string
  readonly isProduction: boolean
  readonly logLevel: string
  readonly publicUrl: string
  readonly trustedProxies: readonly string[]
  readonly corsOrigins: readonly string[]
  /** Where files of companies are, beside the gateway itself. */
  readonly storageOrigins: readonly string[]
  /** A folder or a manifest. */
  readonly publicOperations: string | undefined
  readonly maxUploadBytes: number
  readonly limits: GatewayLimits
  /** Ed25519 private JWK, JSON text. */
  readonly internalSigningKey: string
  readonly accessTokenPublicKeys: ReturnType<typeof readPublicJwks>
  /** Whose tokens are good, too. */
  readonly externalIssuer: ExternalIssuer | undefined
  readonly telemetry: TelemetrySettings
  readonly rateLimits: RateLimitSettings
  /** Where gateways count together; undefined for one that counts for itself. */
  readonly rateLimitStore:
    | { readonly url: string; readonly ssl: false | 'require' | 'verify-full' }
    | undefined
  readonly subgraphUrls: Readonly<Record<'tenancy' | 'content' | 'media' | 'analytics', string>>
}

/**
 * The gateway's configuration in the many-process shape.
 * @throws Error that names every variable which is missing or wrong, and shows no value.
 */
export function readGatewayEnv(variables: Readonly<Record<string, string | undefined>>): GatewayEnv {
  // An empty variable counts as a missing one, as it does in a shell.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = path.join('.')
      return given[name] === undefined ? `${name} is not set` : `${name}: ${message}`
    })
    throw new Error(`The gateway can't start. ${problems.join('. ')}.`)
  }
  const { data } = parsed
  return {
    port: data.PORT,
    host: data.HOST,
    isProduction: data.NODE_ENV === 'production',
    logLevel: data.LOG_LEVEL,
    publicUrl: data.ARV_PUBLIC_URL,
    trustedProxies: data.ARV_TRUSTED_PROXIES,
    corsOrigins: data.ARV_CORS_ORIGINS,
    storageOrigins: data.ARV_STORAGE_ORIGINS,
    publicOperations: data.ARV_PUBLIC_OPERATIONS,
    maxUploadBytes: data.ARV_MAX_UPLOAD_BYTES,
    limits: limitsOf(data),
    internalSigningKey: data.ARV_INTERNAL_SIGNING_KEY,
    accessTokenPublicKeys: data.ARV_ACCESS_TOKEN_PUBLIC_KEYS,
    externalIssuer: externalIssuerOf(data),
    telemetry: telemetrySettings(data, data.NODE_ENV === 'production'),
    rateLimits: rateLimitsOf(data),
    rateLimitStore:
      data.DATABASE_URL_GATEWAY === undefined
        ? undefined
        : { url: data.DATABASE_URL_GATEWAY, ssl: data.ARV_DB_SSL === 'disable' ? false : data.ARV_DB_SSL },
    subgraphUrls: {
      tenancy: data.TENANCY_URL,
      content: data.CONTENT_URL,
      media: data.MEDIA_URL,
      analytics: data.ANALYTICS_URL,
    },
  }
}

function doesNotThrow(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
