import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  createAccessTokenVerifier,
  createExternalTokenVerifier,
  createInternalTokenSigner,
  PLATFORM_TOKENS,
} from '@arv/identity'
import { openRateLimitStore } from '@arv/rate-limits'
import { createHttpClient, createLogger, observeClient } from '@arv/subgraph'
import { createTelemetry } from '@arv/telemetry'
import { readGatewayEnv } from './env.ts'
import { createGateway, createPrincipalResolver } from './gateway.ts'
import { checkSubgraph } from './subgraph-readiness.ts'
import { watchSupergraph } from './watch-supergraph.ts'

const SUPERGRAPH = new URL('../supergraph.graphql', import.meta.url)

try {
  await start()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

async function start(): Promise<void> {
  const env = readGatewayEnv(process.env)
  const logger = createLogger({ level: env.logLevel, name: 'gateway' })
  const tokens = createInternalTokenSigner({ privateJwk: env.internalSigningKey })
  const telemetry = await createTelemetry({
    service: 'arv-gateway',
    otlpEndpoint: env.telemetry.otlpEndpoint,
    onError: (error) => logger.warn({ err: error }, 'a metric could not be read, or traces not sent'),
  })
  const clientOf = (name: keyof typeof env.subgraphUrls) =>
    observeClient(createHttpClient({ name, url: env.subgraphUrls[name], tokens, logger }), telemetry.client)
  const clients = {
    tenancy: clientOf('tenancy'),
    content: clientOf('content'),
    media: clientOf('media'),
    analytics: clientOf('analytics'),
  }

  const rateLimitStore = env.rateLimitStore && openRateLimitStore({ ...env.rateLimitStore, logger })
  if (!rateLimitStore) {
    logger.info('DATABASE_URL_GATEWAY is not set: this gateway counts rate limits for itself alone')
  }

  const supergraphSdl = readFileSync(SUPERGRAPH, 'utf8')
  const gateway = await createGateway({
    supergraphSdl,
    clients,
    accessTokens: createAccessTokenVerifier({ publicJwks: env.accessTokenPublicKeys, ...PLATFORM_TOKENS }),
    externalTokens: env.externalIssuer && createExternalTokenVerifier(env.externalIssuer),
    resolvePrincipal: createPrincipalResolver(clients.tenancy),
    logger,
    publicUrl: env.publicUrl,
    trustedProxies: env.trustedProxies,
    maxUploadBytes: env.maxUploadBytes,
    limits: env.limits,
    rateLimits: env.rateLimits,
    ...(rateLimitStore && { rateLimitStore }),
    registeredOnly: env.isProduction,
    publicOperations: env.publicOperations,
    corsOrigins: env.corsOrigins,
    storageOrigins: env.storageOrigins,
    mediaProxy: { url: env.subgraphUrls.media, tokens },
    readyChecks: Object.fromEntries(
      Object.entries(env.subgraphUrls).map(([name, url]) => [name, () => checkSubgraph(name, url)]),
    ),
    telemetry,
    metricsAccess: env.telemetry.metricsAccess,
  })
  const address = await gateway.listen(env.port, env.host)
  logger.info({ address, publicUrl: env.publicUrl }, 'gateway is listening')

  const endWatching = watchSupergraph({
    path: fileURLToPath(SUPERGRAPH),
    served: supergraphSdl,
    reload: (sdl) => gateway.reload(sdl),
    logger,
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping')
      endWatching()
      void gateway.close().then(async () => {
        for (const client of Object.values(clients)) client.close()
        await rateLimitStore?.close()
        await telemetry.close()
      })
    })
  }
}
