import { networkOf } from '@arv/rate-limits'
import { upgradeSockets } from '@arv/subgraph'
import type { Principal } from '@arv/identity'
import type { Telemetry } from '@arv/telemetry'
import type { FastifyInstance } from 'fastify'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { Authenticate, Session } from './authentication.ts'
import { clientInfoOf } from './client-info.ts'
import type { AllowedOrigins } from './cors.ts'
import { GRAPHQL_PATHS } from './graphql-route.ts'
import { createPlaces } from './places.ts'
import { rateLimitFields } from './rate-limits/rate-limit-fields.ts'
import { rateLimitRefusal } from './rate-limits/rate-limit-refusal.ts'
import { createSocketOperations, FORBIDDEN } from './socket-operations.ts'
import type { Connection, SocketContext, SocketOperationsDeps } from './socket-operations.ts'

interface Deps extends SocketOperationsDeps {
  readonly authenticate: Authenticate
  readonly origins: AllowedOrigins
  /** Of one message. */
  readonly maxMessageBytes: number
  /** Open ones of one address. */
  readonly maxSockets: number
  readonly telemetry: Telemetry
}

const INIT_WAIT_MS = 10_000
/** A longer delay makes a timer fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** How long a socket may live on after what nobody is told of. */
const CHECK_EVERY_MS = 15_000
const CLOSE_GRACE_MS = 2000
const TRY_AGAIN_LATER = 1013
/** Nobody knows when one of an address's sockets closes. */
const SOCKET_RETRY_SECONDS = 30

/** `/graphql` over WebSocket (the graphql-transport-ws protocol): subscriptions, and queries and mutations too. */
export function mountWebSocket(app: FastifyInstance, deps: Deps): void {
  const places = createPlaces(deps.maxSockets)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: deps.maxMessageBytes,
    // Browsers let every page open a socket to anywhere, and leave it to the server to say no.
    verifyClient: ({ req }, answer) => {
      if (!deps.origins.mayConnect(req)) return answer(false, 403, 'This origin is not allowed.')
      const { ipAddress } = clientInfoOf(req, deps.trust)
      const leave = places.take(networkOf(ipAddress))
      if (leave === null) {
        const { message } = rateLimitRefusal({ retryAfterSeconds: SOCKET_RETRY_SECONDS })
        return answer(false, 429, message, { 'retry-after': String(SOCKET_RETRY_SECONDS) })
      }
      // Whether it becomes a socket or is refused.
      req.socket.once('close', leave)
      void deps.rateLimits.count('connects', ipAddress).then((charge) => {
        answer(charge.allowed, 429, rateLimitRefusal(charge).message, rateLimitFields(charge, 'requests'))
      })
    },
  })
  upgradeSockets(app.server, {
    sockets,
    accepts: ({ url }) => GRAPHQL_PATHS.includes(url?.split('?')[0] ?? ''),
    logger: deps.logger,
  })

  deps.telemetry.gauge('arv_websocket_connections', 'Open WebSockets.', [], () => [
    { labels: {}, value: sockets.clients.size },
  ])

  const operations = createSocketOperations(deps)

  /** A socket lasts no longer than the token or key that opened it; answers what to call when it has ended before. */
  function endWhenOver(
    socket: SocketContext['extra']['socket'],
    { subject, expiresAt }: Session,
    principal: Principal,
  ): () => void {
    const check = () => {
      deps.resolvePrincipal(subject).then(
        (now) => now ?? socket.close(FORBIDDEN, 'The access token is no longer valid.'),
        (error: unknown) => deps.logger.warn({ err: error }, 'changed rights can’t be read'),
      )
    }
    const unwatch = deps.principalChanges.watch(principal, check)
    // What nobody is told of: a session or a key whose time is over.
    const checks = setInterval(check, CHECK_EVERY_MS)
    const life = expiresAt === null ? LONGEST_TIMER_MS : expiresAt.getTime() - Date.now()
    const expiry = setTimeout(
      () => expiresAt && socket.close(FORBIDDEN, 'The access token has expired.'),
      Math.min(Math.max(life, 0), LONGEST_TIMER_MS),
    )
    return () => {
      unwatch()
      clearInterval(checks)
      clearTimeout(expiry)
    }
  }
  const ends = new WeakMap<SocketContext, () => void>()
  const server = useServer<Record<string, unknown>, Connection & Record<PropertyKey, unknown>>(
    {
      isProd: true,
      connectionInitWaitTimeout: INIT_WAIT_MS,
      async onConnect(context) {
        const authentication = await deps.authenticate(authorizationOf(context.connectionParams))
        if (authentication.kind !== 'identified') {
          const [code, reason] =
            authentication.kind === 'refused'
              ? [FORBIDDEN, authentication.message]
              : [TRY_AGAIN_LATER, 'Try again later']
          context.extra.socket.close(code, reason)
          return false
        }
        const { session, principal } = authentication
        context.extra.connection = { session }
        if (session) ends.set(context, endWhenOver(context.extra.socket, session, principal))
        return true
      },
      onClose: (context) => ends.get(context)?.(),
      onSubscribe: (context, _id, payload) => operations.prepare(context, payload),
      execute: (args) => operations.run(args),
      subscribe: (args) => operations.run(args),
    },
    sockets,
  )
  sockets.options.handleProtocols = chooseProtocol

  app.addHook('preClose', async () => {
    const abandon = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate()
    }, CLOSE_GRACE_MS)
    await server.dispose()
    clearTimeout(abandon)
  })
}

/**
 * Ours when the client speaks it; else one that it does speak, as a client takes no other to be told by close code 4406
 * that it isn't acceptable. Left to itself graphql-ws would choose none, and the client see nothing but a failure.
 */
function chooseProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)) return GRAPHQL_TRANSPORT_WS_PROTOCOL
  return [...offered][0] ?? false
}

function authorizationOf(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const given = params?.['authorization'] ?? params?.['Authorization']
  if (given === undefined || given === null) return undefined
  return typeof given === 'string' ? given : ''
}
