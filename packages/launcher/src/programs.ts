import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { ByLogin } from '@arv/database'
import { externalIssuerToVariables } from '@arv/gateway/external-issuer-settings'
import { rateLimitsToVariables } from '@arv/gateway/rate-limit-settings'
import { limitsToVariables } from '@arv/gateway/limits'
import { publicJwksOf } from '@arv/identity'
import type { SubgraphName } from '@arv/subgraph'
import { freeAttemptsToVariables } from '@arv/tenancy/attempt-variables'
import { channelsToVariables } from '@arv/tenancy/channel-variables'
import type { Program } from './program-process.ts'
import type { Secrets } from './secret-store.ts'
import { loginVariable, type Settings } from './settings.ts'

/** The processes of the many-process shape besides the gateway. */
const SUBGRAPH_PROCESSES = [
  { subgraph: 'tenancy', role: 'api' },
  { subgraph: 'content', role: 'api' },
  { subgraph: 'media', role: 'api' },
  { subgraph: 'analytics', role: 'api' },
  { subgraph: 'tenancy', role: 'worker' },
  { subgraph: 'content', role: 'worker' },
  { subgraph: 'media', role: 'worker' },
  { subgraph: 'analytics', role: 'worker' },
] as const satisfies { subgraph: SubgraphName; role: 'api' | 'worker' }[]

/** How many ports `programsOf` wants beside the gateway's. */
export const SUBGRAPH_PROCESS_COUNT = SUBGRAPH_PROCESSES.length

export interface ProgramParts {
  readonly settings: Settings
  readonly secrets: Secrets
  readonly urls: ByLogin<string>
  readonly publicUrl: string
  readonly gatewayPort: number
  readonly ports: readonly number[]
}

export interface Programs {
  readonly subgraphs: readonly Program[]
  readonly gateway: Program
}

/** Every process with the variables that it needs, and no secret that it doesn't. */
export function programsOf(parts: ProgramParts): Programs {
  const subgraphs = SUBGRAPH_PROCESSES.map(({ subgraph, role }, index) => ({
    name: role === 'api' ? subgraph : `${subgraph}-worker`,
    role,
    subgraph,
    port: portAt(parts.ports, index),
  }))
  const addressOf = (name: SubgraphName) => {
    const api = subgraphs.find(({ subgraph, role }) => subgraph === name && role === 'api')
    return `http://127.0.0.1:${api?.port}`
  }
  return {
    subgraphs: subgraphs.map(({ name, role, subgraph, port }) => ({
      name,
      port,
      main: mainOf(subgraph),
      variables: {
        ...commonVariables(parts, port),
        ...subgraphVariables(parts, subgraph),
        ...ownVariables(parts, subgraph, addressOf('media')),
        ARV_ROLE: role,
      },
    })),
    gateway: {
      name: 'gateway',
      port: parts.gatewayPort,
      main: mainOf('gateway'),
      variables: {
        ...commonVariables(parts, parts.gatewayPort),
        ...gatewayVariables(parts),
        TENANCY_URL: addressOf('tenancy'),
        CONTENT_URL: addressOf('content'),
        MEDIA_URL: addressOf('media'),
        ANALYTICS_URL: addressOf('analytics'),
      },
    },
  }
}

function commonVariables({ settings }: ProgramParts, port: number) {
  const { metricsAccess, openTelemetry } = settings.telemetry
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_LEVEL: settings.logLevel,
    ...(metricsAccess.token !== undefined && { ARV_METRICS_TOKEN: metricsAccess.token }),
    ...openTelemetry,
  }
}

function gatewayVariables({ settings, secrets, urls, publicUrl }: ProgramParts) {
  return {
    HOST: settings.host,
    ARV_PUBLIC_URL: publicUrl,
    ...(settings.isProduction && { NODE_ENV: 'production' }),
    ARV_TRUSTED_PROXIES: settings.trustedProxies.join(','),
    ARV_CORS_ORIGINS: settings.corsOrigins.join(','),
    ARV_STORAGE_ORIGINS: settings.storageOrigins.join(','),
    ...(settings.publicOperations !== undefined && {
      ARV_PUBLIC_OPERATIONS: resolve(settings.publicOperations),
    }),
    ARV_MAX_UPLOAD_BYTES: String(Math.max(settings.maxImageBytes, settings.maxVideoBytes)),
    ...limitsToVariables(settings.limits),
    ARV_INTERNAL_SIGNING_KEY: secrets.internalSigningKey,
    ARV_ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(publicJwksOf(secrets.accessTokenSigningKey)),
    ...externalIssuerToVariables(settings.externalIssuer),
    ...rateLimitsToVariables(settings.rateLimits),
    ...(urls.gateway !== undefined && {
      DATABASE_URL_GATEWAY: urls.gateway,
      ARV_DB_SSL: sslVariable(settings),
    }),
  }
}

function subgraphVariables({ settings, secrets, urls }: ProgramParts, name: SubgraphName) {
  const { max, idleSeconds, maxLifetimeSeconds } = settings.pool
  return {
    [loginVariable(name)]: urls[name],
    DATABASE_URL_VIEWER: urls.viewer,
    ARV_DB_POOL_MAX: String(max),
    ARV_DB_POOL_IDLE_SECONDS: String(idleSeconds),
    ARV_DB_POOL_MAX_LIFETIME_SECONDS: String(maxLifetimeSeconds),
    ARV_DB_SSL: sslVariable(settings),
    ARV_INTERNAL_PUBLIC_KEYS: JSON.stringify(publicJwksOf(secrets.internalSigningKey)),
  }
}

function sslVariable({ pool: { ssl } }: Settings): string {
  return ssl === false ? 'disable' : String(ssl)
}

function ownVariables(parts: ProgramParts, name: SubgraphName, mediaUrl: string): Record<string, string> {
  const { settings, secrets, publicUrl } = parts
  switch (name) {
    case 'tenancy':
      return {
        MEDIA_URL: mediaUrl,
        ARV_INTERNAL_SIGNING_KEY: secrets.internalSigningKey,
        ARV_ACCESS_TOKEN_SIGNING_KEY: secrets.accessTokenSigningKey,
        ARV_ACCESS_TOKEN_TTL_SECONDS: String(settings.accessTokenTtlSeconds),
        ARV_REFRESH_TOKEN_TTL_SECONDS: String(settings.refreshTokenTtlSeconds),
        ...freeAttemptsToVariables(settings.freeAttempts),
        ...channelsToVariables(settings.channels),
        ARV_PUBLIC_URL: publicUrl,
      }
    case 'media':
      return {
        ARV_DATA_DIR: resolve(settings.dataDir),
        ARV_PUBLIC_URL: publicUrl,
        ARV_URL_SIGNING_KEY: secrets.urlSigningKey,
        ARV_MAX_IMAGE_BYTES: String(settings.maxImageBytes),
        ARV_MAX_VIDEO_BYTES: String(settings.maxVideoBytes),
      }
    case 'content':
      return { ARV_PUBLIC_URL: publicUrl }
    case 'analytics':
      return {}
  }
}

/** A subgraph's `main.ts` lies beside what its package exports. */
function mainOf(name: SubgraphName | 'gateway'): string {
  return join(dirname(createRequire(import.meta.url).resolve(`@arv/${name}`)), 'main.ts')
}

function portAt(ports: readonly number[], index: number): number {
  const port = ports[index]
  if (port === undefined) throw new Error(`${SUBGRAPH_PROCESSES.length} ports are needed`)
  return port
}
