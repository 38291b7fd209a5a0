import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ApolloServer } from '@apollo/server'
import { ANONYMOUS } from '@arv/identity'
import type { Caller } from '@arv/identity'
import { getOperationAST, GraphQLError } from 'graphql'
import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql'
import type { Context, SubscribePayload } from 'graphql-ws'
import type { Extra } from 'graphql-ws/use/ws'
import type { Logger } from 'pino'
import { withoutSuggestion } from './answer-fitting.ts'
import type { Session } from './authentication.ts'
import { clientInfoOf } from './client-info.ts'
import type { ProxyTrust } from './client-info.ts'
import { logErrors } from './errors.ts'
import type { CountErrors } from './errors.ts'
import { endableStream } from './endable-stream.ts'
import type { PrincipalChanges } from './principal-changes.ts'
import { eventsWithCost } from './operations/cost-extension.ts'
import type { OpenSubscriptions } from './open-subscriptions.ts'
import type { AdmitOperation } from './operations/operation-admission.ts'
import type { ResolvePrincipal } from './principals.ts'
import type { PublicOperations } from './public-operations/public-operations.ts'
import { nameFields } from './refused-fields.ts'
import { rateLimitRefusal } from './rate-limits/rate-limit-refusal.ts'
import type { Charge, RateLimits } from './rate-limits/rate-limits.ts'
import type { RequestContext } from './request-context.ts'
import { publicGraphQLError } from './subscriptions.ts'
import type { SubscriptionContext, Subscriptions } from './subscriptions.ts'

export interface SocketOperationsDeps {
  readonly apollo: ApolloServer<RequestContext>
  readonly publicOperations: PublicOperations
  readonly admitOperation: AdmitOperation
  /** Points that an operation may cost. */
  readonly maxCost: number
  readonly subscriptions: Subscriptions
  /** The schema that clients see now. */
  readonly schema: () => GraphQLSchema
  readonly resolvePrincipal: ResolvePrincipal
  readonly principalChanges: Pick<PrincipalChanges, 'watch'>
  readonly rateLimits: RateLimits
  readonly openSubscriptions: OpenSubscriptions
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
type OperationStream = Exclude<OperationOutcome, ExecutionResult>

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
  const { apollo, publicOperations, subscriptions, openSubscriptions, schema, resolvePrincipal } = deps
  const { rateLimits, trust, logger } = deps
  const prepared = new WeakMap<ExecutionArgs, () => Promise<OperationOutcome>>()

  async function callerOf({ extra }: SocketContext, requestId: string): Promise<Caller | null> {
    const session = extra.connection?.session
    const principal = session ? await resolvePrincipal(session.subject) : ANONYMOUS
    return principal && { requestId, principal, client: clientInfoOf(extra.request, trust) }
  }

  function subscriptionContext(
    { caller, cost }: RequestContext,
    { extra }: SocketContext,
  ): SubscriptionContext {
    const session = extra.connection?.session
    return {
      caller,
      cost,
      async renew() {
        if (!session) return
        const principal = await resolvePrincipal(session.subject)
        if (isDeepStrictEqual(principal, caller.principal)) return
        throw refusal('FORBIDDEN', 'What you may see has changed. Subscribe again.')
      },
    }
  }

  /** What begins is charged once, whatever comes of it: events are not asked for. */
  async function chargeSubscription(caller: Caller, cost: number): Promise<Charge> {
    const start = await rateLimits.count('subscriptions', caller.client.ipAddress)
    return start.allowed ? rateLimits.chargeOperation(caller, cost) : start
  }

  async function prepare(
    context: SocketContext,
    payload: SubscribePayload,
    requestId: string,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (Object.keys(context.subscriptions).length > MOST_OPERATIONS) {
      return [refusal('RATE_LIMITED', `A connection has room for ${MOST_OPERATIONS} operations at a time.`)]
    }
    const { ipAddress } = clientInfoOf(context.extra.request, trust)
    const counted = await rateLimits.count('requests', ipAddress)
    if (!counted.allowed) return [rateLimitRefusal(counted)]
    const caller = await callerOf(context, requestId)
    if (caller === null) {
      context.extra.socket.close(FORBIDDEN, 'The access token is no longer valid.')
      return [refusal('UNAUTHENTICATED', 'The access token is no longer valid. Sign in again.')]
    }
    const chosen = publicOperations.choose(payload, caller.principal)
    if (chosen.kind === 'refused') return [refusal(chosen.code, chosen.message)]
    const { query } = chosen
    const { variables } = payload
    // Empty is none, as over HTTP.
    const operationName = payload.operationName === '' ? null : payload.operationName
    const admission = deps.admitOperation({ query, operationName, variables })
    if (admission.kind !== 'admitted') return [admission.error]
    const { document, cost } = admission
    const args: ExecutionArgs = { schema: schema(), document, operationName: operationName ?? null }
    if (getOperationAST(document, operationName)?.operation === 'subscription') {
      const current = subscriptions.current()
      const errors = current.validate(document, variables ?? null, operationName ?? null)
      if (errors.length > 0) {
        nameFields(errors, { schema: args.schema, document, operationName, variables })
        return publicOperations.hidesSchema(caller.principal) ? errors.map(vague) : errors
      }
      const leave = openSubscriptions.take(caller)
      if (leave instanceof GraphQLError) return [leave]
      const charge = await chargeSubscription(caller, cost)
      if (!charge.allowed) {
        leave()
        return [rateLimitRefusal(charge)]
      }
      const request = {
        document,
        variables,
        operationName,
        context: subscriptionContext({ caller, cost }, context),
      }
      // graphql-ws runs whatever was prepared, also when the client has completed it by then.
      prepared.set(args, async () => {
        const outcome = await openWith(leave, () => current.subscribe(request), request.context)
        return eventsWithCost(outcome, cost, deps.maxCost)
      })
    } else {
      prepared.set(args, () => executeOnce(apollo, { ...payload, query }, { caller, cost }))
    }
    return args
  }

  /** Opens a subscription, which leaves its place when it is over; or at once, when it does not open. */
  async function openWith(
    leave: () => void,
    open: () => Promise<OperationOutcome>,
    context: SubscriptionContext,
  ): Promise<OperationOutcome> {
    let isOpen = false
    try {
      const outcome = await open()
      if (!(Symbol.asyncIterator in outcome)) return outcome
      isOpen = true
      return endWhenRightsChange(outcome, context, leave)
    } finally {
      if (!isOpen) leave()
    }
  }

  /** A subscription ends when its caller's rights change, not only at its next event. */
  function endWhenRightsChange(
    outcome: OperationStream,
    { caller, renew }: SubscriptionContext,
    whenOver: () => void,
  ): OperationStream {
    const unwatch = deps.principalChanges.watch(caller.principal, () => {
      renew().catch((error: unknown) => {
        if (error instanceof GraphQLError) end(error)
        else logger.warn({ err: error, requestId: caller.requestId }, 'changed rights can’t be read')
      })
    })
    const { stream, end } = endableStream(outcome, () => {
      unwatch()
      whenOver()
    })
    return stream
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
  const { data, errors, extensions } = body.singleResult
  const { requestId } = contextValue.caller
  return {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map((error) => publicGraphQLError(error, requestId)) }),
    ...(extensions && { extensions }),
  }
}

/** The same error without what it suggests in place of what was asked. */
function vague(error: GraphQLError): GraphQLError {
  return new GraphQLError(withoutSuggestion(error.message), { extensions: error.extensions })
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
