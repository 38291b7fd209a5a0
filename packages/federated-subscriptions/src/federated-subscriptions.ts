import type { GraphQLDataSource } from '@apollo/gateway'
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, ValidationRule } from 'graphql'
import type { Logger, SourceResult } from './execute-event.ts'
import { executeEvent } from './execute-event.ts'
import { buildFederatedSchema } from './federated-schema.ts'
import { toGraphQLError } from './graphql-errors.ts'
import type { PlannedSubscription } from './plan-subscription.ts'
import { variablesOf } from './plan-subscription.ts'
import type { ResponseStream } from './response-stream.ts'
import { closeSource, createResponseStream } from './response-stream.ts'
import { createSubscriptionPlans, isPlanned, validateVariables } from './subscription-plans.ts'

/** What the service that owns the root field is to be subscribed to. */
export interface SourceRequest<TContext extends object> {
  readonly document: DocumentNode
  /** The printed document. */
  readonly query: string
  /** Only those that the document uses. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
  readonly context: TContext
}

/**
 * Subscribes to one service: in its own process (graphql-js `subscribe`), over graphql-ws, or whatever else yields
 * GraphQL results. A single result in place of a stream refuses the subscription. The same event objects may be given
 * to many subscribers.
 */
export type OpenSource<TContext extends object> = (
  serviceName: string,
  request: SourceRequest<TContext>,
) => Promise<AsyncIterable<SourceResult> | SourceResult>

export interface FederatedSubscriptionsOptions<TContext extends object> {
  readonly supergraphSdl: string
  /** The data sources that the gateway itself uses, by service name; looked up anew for each event. */
  readonly services: Readonly<Record<string, GraphQLDataSource>>
  readonly openSource: OpenSource<TContext>
  /**
   * The context in which one event's fields are fetched, made from that of the subscription; the same one by default.
   * Here a host renews what must not live as long as a subscription: loaders, tokens, the caller's rights. A rejection
   * ends the subscription with its error.
   */
  readonly contextForEvent?: (context: TContext) => Promise<TContext> | TContext
  /** The last word on an error that a subscriber is sent: masking, logging. Validation errors don't pass through it. */
  readonly formatError?: (error: GraphQLError, context: TContext) => GraphQLError
  /** Around the making of each response, for measuring and tracing; must answer what `respond` does. */
  readonly observeEvent?: (field: string, respond: () => Promise<ExecutionResult>) => Promise<ExecutionResult>
  /** Rules beside those of the specification: limits of depth, cost. */
  readonly validationRules?: readonly ValidationRule[]
  /** How many operations to keep planned, the least recently used going first. 500 by default. */
  readonly maxPlans?: number
  /** Where the gateway's executor reports answers of services that it can't make sense of. Silent by default. */
  readonly logger?: Logger
}

export interface SubscriptionRequest<TContext extends object> {
  readonly document: DocumentNode
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  readonly operationName?: string | null | undefined
  readonly context: TContext
}

/** Subscriptions against one schema. A new schema needs a new one: close the old with `schemaReloadError()`. */
export interface FederatedSubscriptions<TContext extends object> {
  /** What clients see. */
  readonly schema: GraphQLSchema
  /**
   * All that is wrong with an operation and its variables; empty when it may be subscribed to. For a transport that
   * must answer before it subscribes, as graphql-ws does in `onSubscribe`. Codes: `GRAPHQL_VALIDATION_FAILED`,
   * `BAD_USER_INPUT`.
   */
  validate(
    document: DocumentNode,
    variables?: Readonly<Record<string, unknown>> | null,
    operationName?: string | null,
  ): readonly GraphQLError[]
  /**
   * Subscribes. A result in place of a stream says why not (it validates too). The stream rejects with a `GraphQLError`
   * when its source fails or `close` is called, and ends when its source does; never rejects for the fields of one
   * event. `return()` closes the source at once, also while an event is awaited.
   */
  subscribe(
    request: SubscriptionRequest<TContext>,
  ): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult>
  /** How many streams are open. */
  openCount(): number
  /** How many streams are open, by the root field that they subscribe to; fields without one are left out. */
  openByField(): ReadonlyMap<string, number>
  /** Ends every stream with `reason` and refuses new ones with it. */
  close(reason: GraphQLError): void
}

/**
 * Federated subscriptions for `@apollo/gateway`, which has none: the root field's events come from the service that
 * owns it, and everything else that is selected is fetched from the other services for each event, batched as in a query.
 *
 * @throws when `supergraphSdl` is not a supergraph.
 */
export function createFederatedSubscriptions<TContext extends object>(
  options: FederatedSubscriptionsOptions<TContext>,
): FederatedSubscriptions<TContext> {
  const { services, openSource, logger = silent } = options
  const schema = buildFederatedSchema(options.supergraphSdl)
  const plans = createSubscriptionPlans(schema, options.validationRules ?? [], options.maxPlans ?? 500)
  const streams = new Map<ResponseStream, string>()
  const { observeEvent = (_field, respond) => respond() } = options
  let closed: GraphQLError | undefined

  function report(error: unknown, context: TContext): GraphQLError {
    const known = toGraphQLError(error)
    try {
      return options.formatError ? options.formatError(known, context) : known
    } catch {
      // What failed to be masked must not be sent.
      return toGraphQLError(undefined)
    }
  }

  function planFor(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    operationName: string | null | undefined,
  ): PlannedSubscription | readonly GraphQLError[] {
    const plan = plans.plan(document, operationName)
    if (!isPlanned(plan)) return plan
    const errors = validateVariables(schema, plan, variables)
    return errors.length > 0 ? errors : plan
  }

  async function open(
    { primary, primaryDocument }: PlannedSubscription,
    variables: Readonly<Record<string, unknown>>,
    context: TContext,
  ): Promise<AsyncIterable<SourceResult> | ExecutionResult> {
    try {
      const source = await openSource(primary.serviceName, {
        document: primaryDocument,
        query: primary.operation,
        variables: variablesOf(primary, variables),
        operationName: primary.operationName,
        context,
      })
      if (Symbol.asyncIterator in source) return source
      return { errors: refusalOf(source).map((error) => report(error, context)) }
    } catch (error) {
      return { errors: [report(error, context)] }
    }
  }

  function stream(
    source: AsyncIterator<SourceResult>,
    plan: PlannedSubscription,
    variables: Readonly<Record<string, unknown>>,
    subscriber: TContext,
  ): AsyncGenerator<ExecutionResult, void, void> {
    const opened = createResponseStream({
      source,
      async respond(event) {
        const context = (await options.contextForEvent?.(subscriber)) ?? subscriber
        return observeEvent(plan.rootField, () =>
          executeEvent({
            schema,
            plan,
            event,
            variables,
            context,
            services,
            logger,
            report: (error) => report(error, context),
          }),
        )
      },
      report: (error) => report(error, subscriber),
      onEnd: () => streams.delete(opened),
    })
    streams.set(opened, plan.rootField)
    return opened.responses
  }

  return {
    schema: schema.clientSchema,

    validate(document, variables, operationName) {
      const plan = planFor(document, variables ?? {}, operationName)
      return isPlanned(plan) ? [] : plan
    },

    async subscribe({ document, variables, operationName, context }) {
      const given = variables ?? {}
      if (closed) return { errors: [closed] }
      const plan = planFor(document, given, operationName)
      if (!isPlanned(plan)) return { errors: plan }
      const events = await open(plan, given, context)
      if (!(Symbol.asyncIterator in events)) return events
      const source = events[Symbol.asyncIterator]()
      if (closed) {
        closeSource(source)
        return { errors: [closed] }
      }
      return stream(source, plan, given, context)
    },

    openCount: () => streams.size,

    openByField() {
      const fields = Map.groupBy(streams.values(), (field) => field)
      return new Map([...fields].map(([field, all]) => [field, all.length]))
    },

    close(reason) {
      closed ??= reason
      for (const { fail } of streams.keys()) fail(reason)
    },
  }
}

function refusalOf({ errors }: SourceResult): readonly unknown[] {
  return errors && errors.length > 0
    ? errors
    : [new Error('The service answered without a stream of events.')]
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
