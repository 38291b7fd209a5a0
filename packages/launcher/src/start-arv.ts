import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createGateway, createPrincipalResolver, type Gateway, type TlsIdentity } from '@arv/gateway'
import {
  createAccessTokenVerifier,
  createExternalTokenVerifier,
  publicJwksOf,
  PLATFORM_TOKENS,
} from '@arv/identity'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Administrator } from './administrator.ts'
import { assembleSubgraphs, type Assembly } from './assemble-subgraphs.ts'
import { type Closing, createClosing } from './closing.ts'
import { databaseFailure } from './database-failure.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'
import { openLan } from './open-lan.ts'
import { claimPort } from './ports.ts'
import { openSecrets, type Secrets } from './secret-store.ts'
import { setUpPlatform } from './set-up-platform.ts'
import type { Settings } from './settings.ts'

/** ARV as it runs. */
export interface RunningArv {
  /** Where the gateway listens, such as `http://127.0.0.1:4000`. */
  readonly url: string
  /** Under which the world reaches it. */
  readonly publicUrl: string
  /** With `lan`: under which phones in the same network reach it, the likeliest first. */
  readonly lanUrls: readonly string[]
  readonly administrator: Administrator
  readonly database: Pick<OpenDatabase, 'migrated' | 'server'>
  /** Resolves with the reason when ARV can't go on. */
  readonly failed: Promise<string>
  /** Finishes what was begun and ends everything, within ten seconds. */
  close(): Promise<void>
}

/**
 * Starts ARV in this process: PostgreSQL unless another is given, the four subgraphs, their workers, the gateway.
 *
 * @throws StartUpError, LocalPostgresError or NewerSchemaError, with a sentence for the person who started it
 * @example const arv = await startArv(readSettings(process.env), createLogger({ level: 'info' }))
 */
export async function startArv(settings: Settings, logger: Logger): Promise<RunningArv> {
  const closing = createClosing(logger)
  try {
    return await start(settings, logger, closing)
  } catch (error) {
    await closing.closeAll()
    throw error
  }
}

async function start(settings: Settings, logger: Logger, closing: Closing): Promise<RunningArv> {
  const port = await claimPort(settings.port, settings.host)
  const lan = settings.lan ? await openLan(settings, port) : undefined
  const publicUrl = settings.publicUrl ?? lan?.urls[0] ?? `http://localhost:${port}`
  const secrets = await openSecrets(settings.dataDir, settings.secrets)
  const database = await openDatabase(settings, secrets, logger)
  closing.add(() => database.stop())

  const assembly = await assembleSubgraphs({
    settings,
    secrets,
    urls: database.urls,
    publicUrl,
    logger,
    closing,
    works: true,
  })
  const administrator = await setUpPlatform(assembly, settings)
  const gateway = await openGateway({ settings, secrets, assembly, publicUrl, tls: lan?.tls, logger })
  // At once: requests and jobs may each take most of the time that there is.
  closing.add(() => Promise.all([gateway.close(), assembly.stopWork()]))
  await assembly.work()
  const url = await gateway.listen(port, settings.host)
  return {
    url,
    publicUrl,
    lanUrls: lan?.urls ?? [],
    administrator,
    database,
    failed: databaseFailure(database, closing),
    close: () => closing.closeAll(),
  }
}

interface GatewayParts {
  readonly settings: Settings
  readonly secrets: Secrets
  readonly assembly: Assembly
  readonly publicUrl: string
  readonly tls: TlsIdentity | undefined
  readonly logger: Logger
}

async function openGateway({
  settings,
  secrets,
  assembly,
  publicUrl,
  tls,
  logger,
}: GatewayParts): Promise<Gateway> {
  const { clients, subgraphs, readyChecks, telemetry } = assembly
  return createGateway({
    supergraphSdl: await readSupergraph(),
    clients,
    accessTokens: createAccessTokenVerifier({
      publicJwks: publicJwksOf(secrets.accessTokenSigningKey),
      ...PLATFORM_TOKENS,
    }),
    externalTokens: settings.externalIssuer && createExternalTokenVerifier(settings.externalIssuer),
    resolvePrincipal: createPrincipalResolver(clients.tenancy),
    logger: logger.child({ name: 'gateway' }),
    publicUrl,
    ...(tls && { tls }),
    trustedProxies: settings.trustedProxies,
    maxUploadBytes: Math.max(settings.maxImageBytes, settings.maxVideoBytes),
    limits: settings.limits,
    rateLimits: settings.rateLimits,
    registeredOnly: settings.isProduction,
    publicOperations: settings.publicOperations,
    corsOrigins: settings.corsOrigins,
    storageOrigins: settings.storageOrigins,
    readyChecks,
    telemetry,
    metricsAccess: settings.telemetry.metricsAccess,
    mountRoutes: (app: FastifyInstance) => subgraphs.media.routes?.(app),
  })
}

function readSupergraph(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('@arv/gateway/supergraph.graphql'), 'utf8')
}
