import { readFileSync } from 'node:fs'
import { createAccessTokenVerifier, createInternalTokenSigner, PLATFORM_TOKENS } from '@arv/identity'
import { createHttpClient } from '@arv/subgraph'
import { pino } from 'pino'
import { readGatewayEnv } from './env.ts'
import { createGateway, createPrincipalResolver } from './gateway.ts'

const SUPERGRAPH = new URL('../supergraph.graphql', import.meta.url)

try {
  await start()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

async function start(): Promise<void> {
  const env = readGatewayEnv(process.env)
  const logger = pino({ level: env.logLevel, name: 'gateway' })
  const tokens = createInternalTokenSigner({ privateJwk: env.internalSigningKey })
  const clientOf = (name: keyof typeof env.subgraphUrls) =>
    createHttpClient({ name, url: env.subgraphUrls[name], tokens, logger })
  const clients = {
    tenancy: clientOf('tenancy'),
    content: clientOf('content'),
    media: clientOf('media'),
    analytics: clientOf('analytics'),
  }

  const gateway = await createGateway({
    supergraphSdl: readFileSync(SUPERGRAPH, 'utf8'),
    clients,
    accessTokens: createAccessTokenVerifier({ publicJwks: env.accessTokenPublicKeys, ...PLATFORM_TOKENS }),
    resolvePrincipal: createPrincipalResolver(clients.tenancy),
    logger,
    publicUrl: env.publicUrl,
    trustedProxies: env.trustedProxies,
    maxUploadBytes: env.maxUploadBytes,
    registeredOnly: env.isProduction,
    publicOperations: env.publicOperations,
    corsOrigins: env.corsOrigins,
    mediaProxy: { url: env.subgraphUrls.media, tokens },
    readyChecks: Object.fromEntries(
      Object.entries(env.subgraphUrls).map(([name, url]) => [name, () => checkReady(url)]),
    ),
  })
  const address = await gateway.listen(env.port, env.host)
  logger.info({ address, publicUrl: env.publicUrl }, 'gateway is listening')

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping')
      void gateway.close().then(() => {
        for (const client of Object.values(clients)) client.close()
      })
    })
  }
}

async function checkReady(url: string): Promise<void> {
  // No longer than anybody waits for it: a subgraph that hangs would collect one question per look.
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`it answered ${answer.status}`)
}
