import { z } from 'zod'

/** Who issues the platform's own access tokens, and for whom: tenancy signs with the same two. */
const ISSUER = 'arv'
const AUDIENCE = 'arv'

const text = z.string().trim().min(1)
const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: text.default('0.0.0.0'),
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ARV_PUBLIC_URL: address,
  ARV_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || [])),
  ARV_MAX_UPLOAD_BYTES: z.coerce.number().int().positive().default(536_870_912),
  ARV_INTERNAL_SIGNING_KEY: text,
  ARV_ACCESS_TOKEN_PUBLIC_KEYS: text,
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
  readonly maxUploadBytes: number
  /** Ed25519 private JWK, JSON text. */
  readonly internalSigningKey: string
  /** JWK set, JSON text. */
  readonly accessTokens: { readonly publicKeys: string; readonly issuer: string; readonly audience: string }
  readonly subgraphUrls: Readonly<Record<'tenancy' | 'content' | 'media' | 'analytics', string>>
}

/**
 * The gateway's configuration in the many-process shape.
 * @throws Error that names every variable which is missing or wrong, and shows no value.
 */
export function readGatewayEnv(variables: Readonly<Record<string, string | undefined>>): GatewayEnv {
  const parsed = schema.safeParse(variables)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = path.join('.')
      return variables[name] === undefined ? `${name} is not set` : `${name}: ${message}`
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
    maxUploadBytes: data.ARV_MAX_UPLOAD_BYTES,
    internalSigningKey: data.ARV_INTERNAL_SIGNING_KEY,
    accessTokens: { publicKeys: data.ARV_ACCESS_TOKEN_PUBLIC_KEYS, issuer: ISSUER, audience: AUDIENCE },
    subgraphUrls: {
      tenancy: data.TENANCY_URL,
      content: data.CONTENT_URL,
      media: data.MEDIA_URL,
      analytics: data.ANALYTICS_URL,
    },
  }
}
