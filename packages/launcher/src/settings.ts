import { type ByLogin, type Login, LOGINS, type PoolOptions } from '@arv/database'
import { EXTERNAL_ISSUER_VARIABLES, externalIssuerOf } from '@arv/gateway/external-issuer-settings'
import { FRONT_VARIABLES } from '@arv/gateway/front-variables'
import { RATE_LIMIT_VARIABLES, type RateLimitSettings, rateLimitsOf } from '@arv/gateway/rate-limit-settings'
import { type GatewayLimits, LIMIT_VARIABLES, limitsOf } from '@arv/gateway/limits'
import { type ExternalIssuer, publicJwksOf } from '@arv/identity'
import {
  openTelemetryVariables,
  telemetrySettings,
  type TelemetrySettings,
  telemetryVariables,
} from '@arv/telemetry'
import { ATTEMPT_VARIABLES, freeAttemptsOf } from '@arv/tenancy/attempt-variables'
import { CHANNEL_VARIABLES, channelSettingsOf, type ChannelSettings } from '@arv/tenancy/channel-variables'
import type { FreeAttempts } from '@arv/tenancy'
import { z } from 'zod'
import { SECRET_VARIABLES, type Secrets } from './secret-store.ts'
import { StartUpError } from './start-up-error.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** How ARV is started as a whole: as one process, or as the processes that `dev` keeps. */
export interface Settings {
  /** Nothing is made up: every secret is given. */
  readonly isProduction: boolean
  readonly host: string
  /** Serves HTTPS with a certificate of our own making, for phones in the same network. */
  readonly lan: boolean
  /** 0 takes a free one. */
  readonly port: number
  readonly logLevel: z.infer<typeof logLevel>
  readonly dataDir: string
  /** Under which the world reaches the gateway; `http://localhost:<port>`, or the network's address, unless given. */
  readonly publicUrl: string | undefined
  readonly trustedProxies: readonly string[]
  /** Origins whose pages may use the gateway from a browser, beside its own. */
  readonly corsOrigins: readonly string[]
  /** Where files of companies are, beside the gateway itself. */
  readonly storageOrigins: readonly string[]
  /** A folder or a manifest of operations that strangers may run in production, beside those of our own pages. */
  readonly publicOperations: string | undefined
  /** Of the database's owner; without it ARV runs a PostgreSQL of its own. */
  readonly databaseUrl: string | undefined
  readonly loginUrls: ByLogin<string> | undefined
  readonly pool: PoolOptions
  readonly maxImageBytes: number
  readonly maxVideoBytes: number
  /** Of operations, and of the requests that they come in. */
  readonly limits: GatewayLimits
  readonly accessTokenTtlSeconds: number
  readonly refreshTokenTtlSeconds: number
  /** An issuer elsewhere whose tokens are good here, too. */
  readonly externalIssuer: ExternalIssuer | undefined
  readonly rateLimits: RateLimitSettings
  readonly freeAttempts: FreeAttempts
  /** What people are told by. */
  readonly channels: ChannelSettings
  readonly telemetry: TelemetrySettings & {
    /** What OpenTelemetry itself reads: for the processes of `dev`, which get no other environment. */
    readonly openTelemetry: Readonly<Record<string, string>>
  }
  readonly admin: { readonly email: string; readonly password: string | undefined }
  readonly secrets: Partial<Secrets>
}

const MB = 1_048_576
export const EVERY_ADDRESS = '0.0.0.0'
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])
/** A gateway counts rate limits for itself where it has no login to share them by. */
const NEEDED_LOGINS = LOGINS.filter((login) => login !== 'gateway')
const PORT_RANGE = 'a number from 0 to 65535 is expected'
const whole = z.coerce.number('a number is expected').int('a whole number is expected')
const text = z.string().trim().min(1)
const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'a postgresql:// address is expected' })
const webUrl = z
  .url({ protocol: /^https?$/, error: 'an http:// or https:// address is expected' })
  .transform((url) => url.replace(/\/+$/, ''))

/** An Ed25519 private key in JWK form, as JSON text. */
const signingKey = z.string().refine((jwk) => {
  try {
    publicJwksOf(jwk)
    return true
  } catch {
    return false
  }
}, 'an Ed25519 private key in JWK form is expected')

const schema = z.object({
  ...telemetryVariables,
  ...RATE_LIMIT_VARIABLES,
  ...ATTEMPT_VARIABLES,
  ...CHANNEL_VARIABLES,
  ...EXTERNAL_ISSUER_VARIABLES,
  ...FRONT_VARIABLES,
  HOST: text.default('127.0.0.1'),
  PORT: whole.min(0, PORT_RANGE).max(65_535, PORT_RANGE).default(4000),
  LOG_LEVEL: logLevel.optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_URL_TENANCY: databaseUrl.optional(),
  DATABASE_URL_CONTENT: databaseUrl.optional(),
  DATABASE_URL_MEDIA: databaseUrl.optional(),
  DATABASE_URL_ANALYTICS: databaseUrl.optional(),
  DATABASE_URL_VIEWER: databaseUrl.optional(),
  DATABASE_URL_GATEWAY: databaseUrl.optional(),
  ARV_DATA_DIR: text.default('.arv'),
  ARV_PUBLIC_URL: webUrl.optional(),
  ARV_CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
    .refine(
      (list) => list.every((origin) => !origin.includes('*') && URL.parse(origin)?.origin === origin),
      'origins such as https://admin.example are expected',
    ),
  ARV_PUBLIC_OPERATIONS: text.optional(),
  ARV_MAX_IMAGE_BYTES: whole.positive().default(50 * MB),
  ARV_MAX_VIDEO_BYTES: whole.positive().default(512 * MB),
  ...LIMIT_VARIABLES,
  ARV_ACCESS_TOKEN_TTL_SECONDS: whole.min(60).max(86_400).default(900),
  ARV_REFRESH_TOKEN_TTL_SECONDS: whole.min(3600).default(2_592_000),
  ARV_DB_POOL_MAX: whole.min(1).max(1000).default(10),
  ARV_DB_POOL_IDLE_SECONDS: whole.min(1).default(60),
  ARV_DB_POOL_MAX_LIFETIME_SECONDS: whole.min(1).default(3600),
  ARV_DB_SSL: z.enum(['disable', 'require', 'verify-full']).default('disable'),
  ARV_ADMIN_EMAIL: z.email('an e-mail address is expected').default('admin@example.com'),
  ARV_ADMIN_PASSWORD: z.string().min(10, 'at least 10 characters are expected').max(200).optional(),
  ARV_INTERNAL_SIGNING_KEY: signingKey.optional(),
  ARV_ACCESS_TOKEN_SIGNING_KEY: signingKey.optional(),
  ARV_URL_SIGNING_KEY: z.string().min(32, 'at least 32 characters are expected').optional(),
})

type Parsed = z.infer<typeof schema>

/** Every variable that `start`, `dev`, `migrate` and `seed` read. */
export const VARIABLES: readonly string[] = Object.keys(schema.shape)

/** What the settings are read for: to run, also for phones on the local network, or to migrate, which needs the database only. */
export type Purpose = 'run' | 'lan' | 'migrate'

/**
 * Reads the settings from the environment.
 *
 * @throws StartUpError that names every variable which is missing or wrong, and shows no value
 */
export function readSettings(variables: Variables, purpose: Purpose = 'run'): Settings {
  // An empty variable counts as a missing one, as it does in a shell.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new StartUpError(`ARV can't start. ${problems.join('. ')}.`)
  }
  const isProduction = parsed.data.NODE_ENV === 'production'
  if (isProduction) refuseMissing(parsed.data, purpose)
  const settings = toSettings(parsed.data, isProduction, openTelemetryVariables(given))
  return purpose === 'lan' ? forLan(settings) : settings
}

function forLan(settings: Settings): Settings {
  if (settings.publicUrl?.startsWith('http:')) {
    throw new StartUpError(
      'ARV_PUBLIC_URL begins with http://, but start --lan serves HTTPS: unset it, or correct it.',
    )
  }
  // That other machines get in is what was asked for, whatever a `.env` made of .env.example says.
  return { ...settings, lan: true, host: LOOPBACK.has(settings.host) ? EVERY_ADDRESS : settings.host }
}

/** In production nothing is made on the way: what is lost with a container must not have been in it. */
function refuseMissing(parsed: Parsed, purpose: Purpose): void {
  // A certificate that nobody vouches for is not enough for the world.
  if (purpose === 'lan') {
    throw new StartUpError(
      'start --lan is for trying ARV out: in production, put a proxy with TLS before it.',
    )
  }
  const toRun = [...NEEDED_LOGINS.map(loginVariable), 'ARV_PUBLIC_URL', ...SECRET_VARIABLES]
  const needed = ['DATABASE_URL', ...(purpose === 'run' ? toRun : [])]
  const known = new Map(Object.entries(parsed))
  const missing = needed.filter((name) => known.get(name) === undefined)
  if (missing.length > 0) {
    throw new StartUpError(
      `ARV can't start in production. ${missing.map((name) => `${name} is not set`).join('. ')}.`,
    )
  }
}

function toSettings(
  parsed: Parsed,
  isProduction: boolean,
  openTelemetry: Readonly<Record<string, string>>,
): Settings {
  const loginUrls = loginUrlsOf(parsed)
  return {
    isProduction,
    host: parsed.HOST,
    lan: false,
    port: parsed.PORT,
    logLevel: parsed.LOG_LEVEL ?? (isProduction ? 'info' : 'warn'),
    dataDir: parsed.ARV_DATA_DIR,
    publicUrl: parsed.ARV_PUBLIC_URL,
    trustedProxies: parsed.ARV_TRUSTED_PROXIES,
    corsOrigins: parsed.ARV_CORS_ORIGINS,
    storageOrigins: parsed.ARV_STORAGE_ORIGINS,
    publicOperations: parsed.ARV_PUBLIC_OPERATIONS,
    databaseUrl: parsed.DATABASE_URL,
    loginUrls,
    pool: {
      max: parsed.ARV_DB_POOL_MAX,
      idleSeconds: parsed.ARV_DB_POOL_IDLE_SECONDS,
      maxLifetimeSeconds: parsed.ARV_DB_POOL_MAX_LIFETIME_SECONDS,
      ssl: parsed.ARV_DB_SSL === 'disable' ? false : parsed.ARV_DB_SSL,
    },
    maxImageBytes: parsed.ARV_MAX_IMAGE_BYTES,
    maxVideoBytes: parsed.ARV_MAX_VIDEO_BYTES,
    limits: limitsOf(parsed),
    accessTokenTtlSeconds: parsed.ARV_ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenTtlSeconds: parsed.ARV_REFRESH_TOKEN_TTL_SECONDS,
    externalIssuer: readExternalIssuer(parsed),
    rateLimits: rateLimitsOf(parsed),
    freeAttempts: freeAttemptsOf(parsed),
    channels: channelSettingsOf(parsed),
    telemetry: { ...telemetrySettings(parsed, isProduction), openTelemetry },
    admin: { email: parsed.ARV_ADMIN_EMAIL, password: parsed.ARV_ADMIN_PASSWORD },
    secrets: {
      ...(parsed.ARV_INTERNAL_SIGNING_KEY && { internalSigningKey: parsed.ARV_INTERNAL_SIGNING_KEY }),
      ...(parsed.ARV_ACCESS_TOKEN_SIGNING_KEY && {
        accessTokenSigningKey: parsed.ARV_ACCESS_TOKEN_SIGNING_KEY,
      }),
      ...(parsed.ARV_URL_SIGNING_KEY && { urlSigningKey: parsed.ARV_URL_SIGNING_KEY }),
      ...(loginUrls && { loginPasswords: passwordsIn(loginUrls) }),
    },
  }
}

function readExternalIssuer(parsed: Parsed): ExternalIssuer | undefined {
  try {
    return externalIssuerOf(parsed)
  } catch (error) {
    throw new StartUpError(error instanceof Error ? error.message : String(error))
  }
}

/** The variable that holds a login's address. */
export function loginVariable(login: Login) {
  return `DATABASE_URL_${login.toUpperCase()}`
}

/** All that ARV needs or none: a part would leave the rest to guess. */
function loginUrlsOf(parsed: Parsed): ByLogin<string> | undefined {
  const {
    DATABASE_URL: owner,
    DATABASE_URL_TENANCY: tenancy,
    DATABASE_URL_CONTENT: content,
    DATABASE_URL_MEDIA: media,
    DATABASE_URL_ANALYTICS: analytics,
    DATABASE_URL_VIEWER: viewer,
    DATABASE_URL_GATEWAY: gateway,
  } = parsed
  if (tenancy && content && media && analytics && viewer) {
    if (owner === undefined)
      throw new StartUpError('DATABASE_URL is not set, but the addresses of its logins are.')
    return { tenancy, content, media, analytics, viewer, ...(gateway && { gateway }) }
  }
  if (tenancy || content || media || analytics || viewer || gateway) {
    throw new StartUpError(
      `Of ${NEEDED_LOGINS.map(loginVariable).join(', ')} some are set and some are not: set all or none.`,
    )
  }
  return undefined
}

/** The passwords that the logins' addresses hold. */
function passwordsIn(urls: ByLogin<string>): ByLogin<string> {
  const password = (url: string) => decodeURIComponent(new URL(url).password)
  return {
    tenancy: password(urls.tenancy),
    content: password(urls.content),
    media: password(urls.media),
    analytics: password(urls.analytics),
    viewer: password(urls.viewer),
    ...(urls.gateway !== undefined && { gateway: password(urls.gateway) }),
  }
}
