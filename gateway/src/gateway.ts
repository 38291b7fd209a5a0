import type { AccessTokenVerifier } from '@arv/identity'
import { answerUnreadable, LONGEST_PATH_PART, SUBGRAPH_NAMES, wantsSocket } from '@arv/subgraph'
import type { SubgraphClient, SubgraphName } from '@arv/subgraph'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { createApolloServer } from './apollo-server.ts'
import { createAuthenticate } from './authentication.ts'
import { proxyTrust } from './client-info.ts'
import { answerBadAddress, answerFailures, refuseOtherMethods } from './failures.ts'
import { mountGraphiql } from './graphiql.ts'
import { mountGraphqlRoute } from './graphql-route.ts'
import { mountHealthRoutes } from './health-routes.ts'
import type { ReadyChecks } from './health-routes.ts'
import { mountMediaProxy } from './media-proxy.ts'
import type { MediaProxy } from './media-proxy.ts'
import { mountPages } from './pages.ts'
import { rememberPrincipals } from './principals.ts'
import type { ResolvePrincipal } from './principals.ts'
import { mountQrRoute } from './qr-route.ts'
import { requestIdOf } from './request-id.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { createSubgraphDataSource } from './subgraph-data-source.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createSupergraph } from './supergraph.ts'
import { mountWebSocket } from './websocket.ts'

export { createPrincipalResolver } from './principals.ts'
export type { MediaProxy, ReadyChecks, ResolvePrincipal }

export interface GatewayDeps {
  readonly supergraphSdl: string
  readonly clients: Readonly<Record<SubgraphName, SubgraphClient>>
  readonly accessTokens: AccessTokenVerifier
  /** Asked at most once a second for each signed-in session. */
  readonly resolvePrincipal: ResolvePrincipal
  readonly logger: Logger
  /** Under which the world reaches this gateway, without a slash at the end: QR codes are drawn from it. */
  readonly publicUrl: string
  /** Addresses, CIDR ranges or `loopback`, `linklocal`, `uniquelocal` of proxies that may name the client; none by default. */
  readonly trustedProxies?: readonly string[]
  /** Bytes of one uploaded file. */
  readonly maxUploadBytes: number
  /** What `/readyz` asks, by the name it shows. */
  readonly readyChecks: ReadyChecks
  /** On unless told otherwise: whether clients may read the schema. */
  readonly introspection?: boolean
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
const MULTIPART_FIELD_BYTES = 1_048_576
/** A connection on which nothing moves; longer than any answer of ours takes. */
const IDLE_CONNECTION_MS = 120_000
const DRAIN_MS = 8000
const IDLE_SWEEP_MS = 100

/** The platform's front door: GraphQL over HTTP and WebSocket, the pages, the files, on one port. */
export async function createGateway(deps: GatewayDeps): Promise<Gateway> {
  const { clients, logger, publicUrl } = deps
  const trust = proxyTrust(deps.trustedProxies ?? [])
  const resolvePrincipal = rememberPrincipals(deps.resolvePrincipal)
  const authenticate = createAuthenticate({ accessTokens: deps.accessTokens, resolvePrincipal, logger })
  const dataSources = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [name, createSubgraphDataSource({ client: clients[name], logger })]),
  )

  const supergraph = createSupergraph({ supergraphSdl: deps.supergraphSdl, dataSources, logger })
  const subscriptions = createSubscriptions({ clients, dataSources, logger })
  let schema: GraphQLSchema | null = null
  supergraph.apollo.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    schema = apiSchema
    subscriptions.load(coreSupergraphSdl)
  })
  const apollo = createApolloServer({ supergraph, logger, introspection: deps.introspection ?? true })
  await apollo.start()

  // By its plain type: with pino's own, the app's type would differ from what every plugin takes.
  const loggerInstance: FastifyBaseLogger = logger
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: ({ headers }) => requestIdOf(headers),
    trustProxy: trust,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    http: { shouldUpgradeCallback: wantsSocket },
    connectionTimeout: IDLE_CONNECTION_MS,
    forceCloseConnections: 'idle',
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerUnreadable,
  })
  addSecurityHeaders(app)
  answerFailures(app, logger)
  refuseOtherMethods(app)
  mountGraphqlRoute(app, {
    apollo,
    authenticate,
    trust,
    logger,
    uploadLimits: {
      maxFiles: MOST_FILES,
      maxFileSize: deps.maxUploadBytes,
      maxFieldSize: MULTIPART_FIELD_BYTES,
    },
  })
  mountWebSocket(app, {
    apollo,
    subscriptions,
    authenticate,
    resolvePrincipal,
    trust,
    logger,
    schema() {
      if (schema === null) throw new Error('No schema is loaded yet.')
      return schema
    },
  })
  mountHealthRoutes(app, deps.readyChecks, logger)
  mountQrRoute(app, publicUrl)
  mountGraphiql(app)
  await mountPages(app, publicUrl)
  const { mediaProxy, mountRoutes } = deps
  if (mediaProxy) mountMediaProxy(app, mediaProxy, logger)
  if (mountRoutes) await app.register(async (scope) => mountRoutes(scope))
  await app.ready()

  return {
    app,
    listen: (port, host) => app.listen({ port, host }),
    reload: (supergraphSdl) => supergraph.replace(supergraphSdl),
    async close() {
      // A connection that becomes idle while we wait for others would be kept alive, and us with it.
      const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_SWEEP_MS)
      const cutOff = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
      await app.close()
      clearInterval(idle)
      clearTimeout(cutOff)
      await apollo.stop()
    },
  }
}
