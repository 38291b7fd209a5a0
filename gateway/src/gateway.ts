import type { AccessTokenVerifier, ExternalTokenVerifier } from '@arv/identity'
import type { RateLimitStore } from '@arv/rate-limits'
import {
  answerHealth,
  answerMetrics,
  drainRequest,
  LONGEST_PATH_PART,
  observeHttp,
  SUBGRAPH_NAMES,
  unreadableAnswer,
  wantsSocket,
} from '@arv/subgraph'
import type { ReadyChecks, SubgraphClient, SubgraphName, UploadPace } from '@arv/subgraph'
import { boundNames, createTelemetry } from '@arv/telemetry'
import type { MetricsAccess, Telemetry } from '@arv/telemetry'
import { openViewerSite } from '@arv/viewer'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { createApolloServer } from './apollo-server.ts'
import { createAuthenticate } from './authentication.ts'
import { proxyTrust } from './client-info.ts'
import { allowOrigins, answerOtherOrigins } from './cors.ts'
import { publicCodeOf } from './errors.ts'
import type { CountErrors } from './errors.ts'
import { answerBadAddress, answerFailures } from './failures.ts'
import { mountGraphiql } from './graphiql.ts'
import { mountGraphqlRoute } from './graphql-route.ts'
import { mountMediaProxy } from './media-proxy.ts'
import type { MediaProxy } from './media-proxy.ts'
import { createOpenSubscriptions } from './open-subscriptions.ts'
import { DEFAULT_LIMITS } from './operations/gateway-limits.ts'
import type { GatewayLimits } from './operations/gateway-limits.ts'
import { createOperationAdmission } from './operations/operation-admission.ts'
import { mountPages } from './pages.ts'
import { followPrincipalChanges } from './principal-changes.ts'
import { rememberPrincipals } from './principals.ts'
import type { ResolvePrincipal } from './principals.ts'
import { loadPublicOperations } from './public-operations/public-operations.ts'
import { mountQrRoute } from './qr-route.ts'
import { chargeOperations } from './rate-limits/charge-operations.ts'
import { limitRequests } from './rate-limits/limit-requests.ts'
import { DEFAULT_RATE_LIMITS } from './rate-limits/rate-limit-settings.ts'
import type { RateLimitSettings } from './rate-limits/rate-limit-settings.ts'
import { createRateLimits } from './rate-limits/rate-limits.ts'
import { createReadBudget } from './read-budget.ts'
import { requestIdOf } from './request-id.ts'
import { addSecurityHeaders, createSecureHeaders } from './security-headers.ts'
import { createSubgraphDataSource } from './subgraph-data-source.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createSupergraph } from './supergraph.ts'
import { tlsServerFactory } from './tls-server.ts'
import type { TlsIdentity } from './tls-server.ts'
import { traceOperations } from './trace-operations.ts'
import { mountViewer } from './viewer.ts'
import { watchOperations } from './watch-operations.ts'
import { mountWebSocket } from './websocket.ts'

export { createPrincipalResolver } from './principals.ts'
export type { GatewayLimits, MediaProxy, RateLimitSettings, ResolvePrincipal, TlsIdentity }

export interface GatewayDeps {
  readonly supergraphSdl: string
  readonly clients: Readonly<Record<SubgraphName, SubgraphClient>>
  readonly accessTokens: AccessTokenVerifier
  /** Of an issuer elsewhere whose tokens are good here, too; none unless given. */
  readonly externalTokens?: ExternalTokenVerifier | undefined
  /** Asked at most once a second for each signed-in session. */
  readonly resolvePrincipal: ResolvePrincipal
  readonly logger: Logger
  /** Under which the world reaches this gateway, without a slash at the end: QR codes are drawn from it. */
  readonly publicUrl: string
  /** Serves HTTPS with this certificate, for trying things out without a proxy; plain HTTP unless given. */
  readonly tls?: TlsIdentity
  /** Addresses, CIDR ranges or `loopback`, `linklocal`, `uniquelocal` of proxies that may name the client; none by default. */
  readonly trustedProxies?: readonly string[]
  /** Bytes of one uploaded file. */
  readonly maxUploadBytes: number
  /** How fast a client has to send files; docs/limits.md has what holds unless given. */
  readonly uploadPace?: UploadPace
  /** What an operation and the request it comes in may be; docs/limits.md has what holds unless given. */
  readonly limits?: GatewayLimits
  /** How much may be asked within a minute; docs/limits.md has what holds unless given. */
  readonly rateLimits?: RateLimitSettings
  /** Counts that together with other gateways; without it this one counts for itself. Closed by whoever made it. */
  readonly rateLimitStore?: RateLimitStore
  /** WebSockets that one address may have open here; docs/limits.md has what holds unless given. */
  readonly maxSockets?: number
  /** What `/readyz` asks, by the name it shows. */
  readonly readyChecks: ReadyChecks
  /** What is measured and traced, and closed by whoever made it; one of its own unless given. */
  readonly telemetry?: Telemetry
  /** Who may read `/metrics`: programs on this machine unless told otherwise. */
  readonly metricsAccess?: MetricsAccess
  /** Whether strangers run registered operations only, and so can't read the schema; off unless told otherwise. */
  readonly registeredOnly?: boolean
  /** A folder or a manifest of operations that are registered beside those of our own pages. */
  readonly publicOperations?: string | undefined
  /** Origins, such as `https://admin.example`, whose pages may use this gateway from a browser; its own may anyway. */
  readonly corsOrigins?: readonly string[]
  /** Origins where files of companies are, beside this gateway: the viewer's page may load them. */
  readonly storageOrigins?: readonly string[]
  /** One process: mounts media's routes. */
  readonly mountRoutes?: (app: FastifyInstance) => void
  /** Many processes: where `/media/*` is fetched from. */
  readonly mediaProxy?: MediaProxy
}

export interface Gateway {
  readonly app: FastifyInstance
  /** Port 0 takes any free one. Resolves to the address, such as `http://127.0.0.1:4000`. */
  listen(port: number, host: string): Promise<string>
  /** Serves another supergraph from now on; open subscriptions end and may begin again. @throws when it is not valid. */
  reload(supergraphSdl: string): void
  /** Finishes what was begun, tells sockets to go, and stops. */
  close(): Promise<void>
}

const MOST_FILES = 10
/** An exhibition's visitors may all come from one address. */
const MOST_SOCKETS = 2000
/** A phone on a poor line does it, and may lose its line for most of a minute. */
const UPLOAD_PACE: UploadPace = { leastBytes: 300_000, withinMs: 60_000 }
/** A connection on which nothing moves; longer than any answer of ours takes. */
const IDLE_CONNECTION_MS = 120_000
const DRAIN_MS = 8000
const IDLE_SWEEP_MS = 100

/** Names of operations, beside the registered ones, that metrics tell apart. */
const MOST_OPERATION_NAMES = 200

/** The platform's front door: GraphQL over HTTP and WebSocket, the pages, the files, on one port. */
export async function createGateway(deps: GatewayDeps): Promise<Gateway> {
  const { clients, logger, publicUrl, limits = DEFAULT_LIMITS } = deps
  const trust = proxyTrust(deps.trustedProxies ?? [])
  const origins = allowOrigins(deps.corsOrigins ?? [], publicUrl)
  const secureHeaders = createSecureHeaders(publicUrl, deps.tls !== undefined)
  const { resolve: resolvePrincipal, forget } = rememberPrincipals(deps.resolvePrincipal)
  const authenticate = createAuthenticate({
    accessTokens: deps.accessTokens,
    externalTokens: deps.externalTokens,
    resolvePrincipal,
    logger,
  })
  const budget = createReadBudget()
  let schema: GraphQLSchema | null = null
  const dataSources = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [
      name,
      createSubgraphDataSource({ client: clients[name], budget, schema: () => schema, logger }),
    ]),
  )

  const telemetry = deps.telemetry ?? (await createOwnTelemetry(logger))
  const countErrors: CountErrors = (errors) => {
    for (const error of errors) telemetry.instruments.error(1, publicCodeOf(error))
  }
  const publicOperations = await loadPublicOperations({
    path: deps.publicOperations,
    strict: deps.registeredOnly ?? false,
  })
  const nameOf = boundNames(MOST_OPERATION_NAMES, publicOperations.names)
  const { tracing } = telemetry
  const supergraph = createSupergraph({
    supergraphSdl: deps.supergraphSdl,
    dataSources,
    traces: tracing.enabled ? traceOperations({ tracing, nameOf }) : undefined,
    logger,
  })
  const subscriptions = createSubscriptions({ clients, dataSources, telemetry, countErrors, logger })
  const { load, admitOperation } = createOperationAdmission(limits)
  supergraph.apollo.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    schema = apiSchema
    load(apiSchema, coreSupergraphSdl)
    subscriptions.load(coreSupergraphSdl)
  })
  const { hidesSchema } = publicOperations
  const watch = watchOperations({ telemetry, countErrors, nameOf })
  const rateLimits = createRateLimits(deps.rateLimits ?? DEFAULT_RATE_LIMITS, deps.rateLimitStore)
  const apollo = createApolloServer({
    supergraph,
    logger,
    hidesSchema,
    watch,
    charge: chargeOperations(rateLimits),
    forget,
    maxCost: limits.cost,
  })
  await apollo.start()
  const principalChanges = followPrincipalChanges({ tenancy: clients.tenancy, forget, logger })

  // By its plain type: with pino's own, the app's type would differ from what every plugin takes.
  const loggerInstance: FastifyBaseLogger = logger
  const http = { shouldUpgradeCallback: wantsSocket }
  const { tls } = deps
  const app = fastify({
    ...(tls && {
      serverFactory: tlsServerFactory({ tls, http, idleMs: IDLE_CONNECTION_MS }),
    }),
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: ({ headers }) => requestIdOf(headers),
    trustProxy: trust,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    http,
    connectionTimeout: IDLE_CONNECTION_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: answerBadAddress(secureHeaders, logger),
    clientErrorHandler: unreadableAnswer(logger),
  })
  // Who may name the client may name its trace.
  observeHttp(app, { telemetry, believesTrace: ({ raw }) => trust(raw.socket.remoteAddress ?? '', 0) })
  addSecurityHeaders(app, secureHeaders)
  answerOtherOrigins(app, origins)
  limitRequests(app, rateLimits, trust)
  answerFailures(app, logger)
  // What was answered before its body was read.
  app.addHook('onResponse', async ({ raw }) => {
    if (!raw.complete) drainRequest(raw)
  })
  mountGraphqlRoute(app, {
    apollo,
    authenticate,
    publicOperations,
    trust,
    countErrors,
    logger,
    uploadLimits: {
      maxFiles: MOST_FILES,
      maxFileSize: deps.maxUploadBytes,
      maxFieldSize: limits.bodyBytes,
      pace: deps.uploadPace ?? UPLOAD_PACE,
    },
    admitOperation,
    maxBodyBytes: limits.bodyBytes,
  })
  mountWebSocket(app, {
    apollo,
    admitOperation,
    maxCost: limits.cost,
    maxMessageBytes: limits.bodyBytes,
    maxSockets: deps.maxSockets ?? MOST_SOCKETS,
    origins,
    publicOperations,
    subscriptions,
    authenticate,
    resolvePrincipal,
    principalChanges,
    rateLimits,
    openSubscriptions: createOpenSubscriptions(limits),
    trust,
    telemetry,
    countErrors,
    logger,
    schema() {
      if (schema === null) throw new Error('No schema is loaded yet.')
      return schema
    },
  })
  answerHealth(app, deps.readyChecks, logger)
  answerMetrics(app, telemetry, deps.metricsAccess ?? { token: undefined, openToThisMachine: true })
  mountQrRoute(app, publicUrl)
  mountGraphiql(app, publicOperations.text('SignIn'))
  await mountPages(app)
  await mountViewer(app, {
    site: await openViewerSite(logger),
    publicUrl,
    storageOrigins: deps.storageOrigins ?? [],
  })
  const { mediaProxy, mountRoutes } = deps
  if (mediaProxy) mountMediaProxy(app, mediaProxy, logger)
  if (mountRoutes) await app.register(async (scope) => mountRoutes(scope))
  await app.ready()

  return {
    app,
    async listen(port, host) {
      const address = await app.listen({ port, host })
      // Fastify doesn't look at what kind of server it was given.
      return tls ? address.replace('http:', 'https:') : address
    },
    reload: (supergraphSdl) => supergraph.replace(supergraphSdl),
    async close() {
      // A connection that becomes idle while we wait for others would be kept alive, and us with it.
      const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_SWEEP_MS)
      const cutOff = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
      principalChanges.close()
      await app.close()
      clearInterval(idle)
      clearTimeout(cutOff)
      await apollo.stop()
    },
  }
}

/** Without traces there is nothing to close. */
function createOwnTelemetry(logger: Logger): Promise<Telemetry> {
  return createTelemetry({
    service: 'arv-gateway',
    onError: (error) => logger.warn({ err: error }, 'a metric could not be read'),
  })
}
