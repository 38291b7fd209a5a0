import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ApolloServer } from '@apollo/server'
import { ANONYMOUS } from '@arv/identity'
import type { Caller } from '@arv/identity'
import { getOperationAST, GraphQLError, parse } from 'graphql'
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql'
import type { Context, SubscribePayload } from 'graphql-ws'
import type { Extra } from 'graphql-ws/use/ws'
import type { Logger } from 'pino'
import { TOO_DEEP, withoutSuggestion } from './answer-fitting.ts'
import type { Session } from './authentication.ts'
import { clientInfoOf } from './client-info.ts'
import type { ProxyTrust } from './client-info.ts'
import { logErrors } from './errors.ts'
import type { CountErrors } from './errors.ts'
import type { ResolvePrincipal } from './principals.ts'
import type { PublicOperations } from './public-operations/public-operations.ts'
import type { RequestContext } from './request-context.ts'
import { publicGraphQLError } from './subscriptions.ts'
import type { SubscriptionContext, Subscriptions } from './subscriptions.ts'

export interface SocketOperationsDeps {
  readonly apollo: ApolloServer<RequestContext>
  readonly publicOperations: PublicOperations
  readonly subscriptions: Subscriptions
  /** The schema that clients see now. */
  readonly schema: () => GraphQLSchema
  readonly resolvePrincipal: ResolvePrincipal
  readonly trust: ProxyTrust
  /** Of those that refuse an operation before it runs. */
  readonly countErrors: CountErrors
  readonly logger: Logger
}

/** What is known of a socket once it is acknowledged. */
export interface Connection {
  connection: { readonly session: Session | null }
}

export type SocketContext = Context<Record<string, unknown>, Extra & Partial<Connection>>

type OperationOutcome = Awaited<ReturnType<ReturnType<Subscriptions['current']>['subscribe']>>

/** graphql-ws: the server refuses who is asking. */
export const FORBIDDEN = 4403

const MOST_OPERATIONS = 100

export interface SocketOperations {
  /** What graphql-ws then runs; errors in its place refuse the operation. Never rejects: that would close the socket. */
  prepare(context: SocketContext, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]>
  run(args: ExecutionArgs): Promise<OperationOutcome>
}

/** The operations that come over WebSockets. */
export function createSocketOperations(deps: SocketOperationsDeps): SocketOperations {
  const { apollo, publicOperations, subscriptions, schema, resolvePrincipal, trust, logger } = deps
  const prepared = new WeakMap<ExecutionArgs, () => Promise<OperationOutcome>>()

  async function callerOf({ extra }: SocketContext, requestId: string): Promise<Caller | null> {
    const session = extra.connection?.session
    const principal = session ? await resolvePrincipal(session.subject) : ANONYMOUS
    return principal && { requestId, principal, client: clientInfoOf(extra.request, trust) }
  }

  function subscriptionContext(caller: Caller, { extra }: SocketContext): SubscriptionContext {
    const session = extra.connection?.session
    return {
      caller,
      cost: 0,
      async renew() {
        if (!session) return
        const principal = await resolvePrincipal(session.subject)
        if (isDeepStrictEqual(principal, caller.principal)) return
        throw refusal('FORBIDDEN', 'What you may see has changed. Subscribe again.')
      },
    }
  }

  async function prepare(
    context: SocketContext,
    payload: SubscribePayload,
    requestId: string,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (Object.keys(context.subscriptions).length > MOST_OPERATIONS) {
      return [refusal('RATE_LIMITED', `A connection has room for ${MOST_OPERATIONS} operations at a time.`)]
    }
    const caller = await callerOf(context, requestId)
    if (caller === null) {
      context.extra.socket.close(FORBIDDEN, 'The access token is no longer valid.')
      return [refusal('UNAUTHENTICATED', 'The access token is no longer valid. Sign in again.')]
    }
    const chosen = publicOperations.choose(payload, caller.principal)
    if (chosen.kind === 'refused') return [refusal(chosen.code, chosen.message)]
    const query = chosen.query ?? payload.query
    const document = parseOperation(query)
    if (document instanceof GraphQLError) return [document]
    const { operationName, variables } = payload
    const args: ExecutionArgs = { schema: schema(), document, operationName: operationName ?? null }
    if (getOperationAST(document, operationName)?.operation === 'subscription') {
      const current = subscriptions.current()
      const errors = current.validate(document, variables ?? null, operationName ?? null)
      if (errors.length > 0)
        return publicOperations.hidesSchema(caller.principal) ? errors.map(vague) : errors
      const request = { document, variables, operationName, context: subscriptionContext(caller, context) }
      prepared.set(args, () => current.subscribe(request))
    } else {
      prepared.set(args, () => executeOnce(apollo, { ...payload, query }, { caller, cost: 0 }))
    }
    return args
  }

  return {
    async prepare(context, payload) {
      const requestId = randomUUID()
      const refused = (errors: readonly GraphQLError[]) => {
        logErrors(errors, requestId, logger)
        deps.countErrors(errors)
        return errors.map((error) => withRequestId(error, requestId))
      }
      try {
        const preparation = await prepare(context, payload, requestId)
        return 'document' in preparation ? preparation : refused(preparation)
      } catch (error) {
        logger.error({ err: error, requestId }, 'could not begin an operation of a WebSocket')
        return refused([refusal('SERVICE_UNAVAILABLE', 'The service is not available at the moment.')])
      }
    },
    async run(args) {
      const run = prepared.get(args)
      if (!run) throw new Error('graphql-ws ran an operation that was not prepared.')
      return run()
    },
  }
}

/** A query or a mutation takes the same way as over HTTP. */
async function executeOnce(
  apollo: ApolloServer<RequestContext>,
  { query, operationName, variables }: SubscribePayload,
  contextValue: RequestContext,
): Promise<ExecutionResult> {
  const { body } = await apollo.executeOperation(
    {
      query,
      ...(operationName && { operationName }),
      ...(variables && { variables }),
    },
    { contextValue },
  )
  if (body.kind !== 'single') throw new Error('Incremental delivery is not supported.')
  const { data, errors } = body.singleResult
  const { requestId } = contextValue.caller
  return {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map((error) => publicGraphQLError(error, requestId)) }),
  }
}

function parseOperation(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query)
  } catch (error) {
    const told = error instanceof GraphQLError ? error.message : TOO_DEEP
    return refusal('GRAPHQL_PARSE_FAILED', told)
  }
}

/** The same error without what it suggests in place of what was asked. */
function vague(error: GraphQLError): GraphQLError {
  return refusal(String(error.extensions['code']), withoutSuggestion(error.message))
}

/** No header of a WebSocket's message could hold it. */
function withRequestId(error: GraphQLError, requestId: string): GraphQLError {
  const { message, nodes, source, positions, extensions } = error
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { ...extensions, requestId },
  })
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
