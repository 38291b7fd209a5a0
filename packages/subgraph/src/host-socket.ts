import type { Caller, InternalTokenVerifier } from '@arv/identity'
import type { FastifyInstance } from 'fastify'
import type { ExecutionArgs } from 'graphql'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import type { DocumentCache } from './documents.ts'
import { bearerTokenOf, callerOf } from './internal-headers.ts'
import { readOperation } from './operation-request.ts'
import { openSubscription, runOperation } from './run-operation.ts'
import type { Operation } from './run-operation.ts'
import { startedSignal } from './started-signal.ts'
import type { Subgraph } from './subgraph.ts'
import { upgradeSockets } from './upgrade-sockets.ts'

const MAX_MESSAGE_BYTES = 1024 * 1024
const CLOSE_GRACE_MS = 1000

interface SocketHostOptions {
  readonly subgraph: Subgraph
  readonly documents: DocumentCache
  readonly tokens: InternalTokenVerifier
  readonly logger: Logger
}

/** Serves subscriptions over graphql-ws at `/graphql`; the connection parameters carry the internal headers. */
export function hostSocket(
  app: FastifyInstance,
  { subgraph, documents, tokens, logger }: SocketHostOptions,
): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  const operations = new WeakMap<ExecutionArgs, Operation>()
  const operationOf = (args: ExecutionArgs): Operation => {
    const operation = operations.get(args)
    if (!operation) throw new Error('An operation that was never checked.')
    return operation
  }

  const server = useServer<Record<string, unknown>, { caller: Caller }>(
    {
      async onConnect(ctx) {
        const params = ctx.connectionParams ?? {}
        const token = bearerTokenOf(params)
        const verdict = token === null ? null : await tokens.verify(token)
        if (verdict?.kind !== 'valid') {
          logger.warn({ reason: verdict?.reason ?? 'missing' }, 'A socket without a valid internal token')
          return false
        }
        ctx.extra.caller = callerOf(params, verdict.principal)
        return true
      },
      onSubscribe(ctx, _id, payload) {
        const caller = ctx.extra.caller ?? callerOf({}, { kind: 'anonymous' })
        const reading = readOperation(documents, payload, caller)
        if (reading.kind === 'refused') return reading.errors
        const { document, variables, operationName } = reading.operation
        const args = { schema: subgraph.schema, document, variableValues: variables, operationName }
        operations.set(args, reading.operation)
        return args
      },
      execute: (args) => runOperation(subgraph, operationOf(args), logger),
      subscribe: (args) => openSubscription(subgraph, operationOf(args), logger),
      onOperation(ctx, id, _payload, _args, result) {
        if (Symbol.asyncIterator in result) ctx.extra.socket.send(startedSignal(id))
      },
    },
    sockets,
  )

  upgradeSockets(app.server, {
    sockets,
    accepts: ({ url, headers }) =>
      url === '/graphql' && headers['sec-websocket-protocol'] === GRAPHQL_TRANSPORT_WS_PROTOCOL,
    logger,
  })
  app.addHook('preClose', async () => {
    const timer = setTimeout(() => {
      for (const client of sockets.clients) client.terminate()
    }, CLOSE_GRACE_MS)
    await server.dispose()
    clearTimeout(timer)
  })
}
