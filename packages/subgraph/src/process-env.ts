import { readPublicJwks } from '@arv/identity'
import { telemetrySettings, telemetryVariables } from '@arv/telemetry'
import type { TelemetrySettings } from '@arv/telemetry'
import { z } from 'zod'
import type { SubgraphName } from './subgraph.ts'

/** What a process of a subgraph does: serve its API, do its background work, or both. */
type ProcessRole = 'api' | 'worker' | 'all'

export type Variables = Readonly<Record<string, string | undefined>>

/** What every subgraph's process has to know, whichever subgraph it is. */
export interface ProcessEnv {
  readonly role: ProcessRole
  readonly port: number
  readonly host: string
  readonly logLevel: string
  /** The addresses of the subgraph's login and of the viewer's. */
  readonly databaseUrl: string
  readonly viewerUrl: string
  readonly pool: {
    readonly max: number
    readonly idleSeconds: number
    readonly maxLifetimeSeconds: number
    readonly ssl: false | 'require' | 'verify-full'
  }
  /** Verifies the gateway's and tenancy's internal tokens. */
  readonly internalPublicKeys: ReturnType<typeof readPublicJwks>
  readonly telemetry: TelemetrySettings
}

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'a postgresql:// address is expected' })
const whole = z.coerce.number().int()

const publicKeys = z.string().transform((text, context) => {
  try {
    return readPublicJwks(text)
  } catch {
    context.addIssue('a JWK set of Ed25519 public keys is expected')
    return z.NEVER
  }
})

const shared = {
  ...telemetryVariables,
  NODE_ENV: z.string().optional(),
  ARV_ROLE: z.enum(['api', 'worker', 'all']).default('all'),
  PORT: whole.min(0).max(65_535),
  HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATABASE_URL_VIEWER: databaseUrl,
  ARV_DB_POOL_MAX: whole.min(1).max(1000).default(10),
  ARV_DB_POOL_IDLE_SECONDS: whole.min(1).default(60),
  ARV_DB_POOL_MAX_LIFETIME_SECONDS: whole.min(1).default(3600),
  ARV_DB_SSL: z.enum(['disable', 'require', 'verify-full']).default('disable'),
  ARV_INTERNAL_PUBLIC_KEYS: publicKeys,
} as const

/**
 * Reads the variables that all subgraphs have in common, and the subgraph's own.
 *
 * @throws Error that names every variable which is missing or wrong, and shows no value
 */
export function readProcessEnv<Own extends z.ZodRawShape>(
  name: SubgraphName,
  variables: Variables,
  own: z.ZodObject<Own>,
): { readonly common: ProcessEnv; readonly own: z.infer<z.ZodObject<Own>> } {
  const ownUrl = `DATABASE_URL_${name.toUpperCase()}`
  // An empty variable counts as a missing one, as it does in a shell.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parts = [z.object(shared), z.object({ [ownUrl]: databaseUrl }), own]
  const problems = parts.flatMap((part) => problemsOf(part.safeParse(given), given))
  if (problems.length > 0) throw new Error(`${problems.join('. ')}.`)

  const env = z.object(shared).parse(given)
  return {
    common: {
      role: env.ARV_ROLE,
      port: env.PORT,
      host: env.HOST,
      logLevel: env.LOG_LEVEL,
      databaseUrl: given[ownUrl] ?? '',
      viewerUrl: env.DATABASE_URL_VIEWER,
      pool: {
        max: env.ARV_DB_POOL_MAX,
        idleSeconds: env.ARV_DB_POOL_IDLE_SECONDS,
        maxLifetimeSeconds: env.ARV_DB_POOL_MAX_LIFETIME_SECONDS,
        ssl: env.ARV_DB_SSL === 'disable' ? false : env.ARV_DB_SSL,
      },
      internalPublicKeys: env.ARV_INTERNAL_PUBLIC_KEYS,
      telemetry: telemetrySettings(env, env.NODE_ENV === 'production'),
    },
    own: own.parse(given),
  }
}

function problemsOf(parsed: z.ZodSafeParseResult<unknown>, given: Variables): string[] {
  return (parsed.error?.issues ?? []).map(({ path, message }) => {
    const variable = path.join('.')
    return given[variable] === undefined ? `${variable} is not set` : `${variable}: ${message}`
  })
}
