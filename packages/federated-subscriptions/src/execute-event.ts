import type { GraphQLDataSource } from '@apollo/gateway'
import { executeQueryPlan } from '@apollo/gateway'
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import { cloneEvent, isPlainObject } from './clone-event.ts'
import type { FederatedSchema } from './federated-schema.ts'
import type { PlannedSubscription } from './plan-subscription.ts'

type RequestContext = Parameters<typeof executeQueryPlan>[2]

/** What a source yields: a result of graphql-js, or one that came over a wire as JSON. */
export interface SourceResult {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
  readonly errors?: readonly (GraphQLError | GraphQLFormattedError)[] | undefined
}

type ServiceResponse = Awaited<ReturnType<GraphQLDataSource['process']>>

export type Logger = RequestContext['logger']

export interface EventExecution<TContext extends object> {
  readonly schema: FederatedSchema
  readonly plan: PlannedSubscription
  readonly event: SourceResult
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: TContext
  readonly services: Readonly<Record<string, GraphQLDataSource>>
  readonly logger: Logger
  /** Turns what went wrong, in whatever form, into what the client is told. */
  readonly report: (error: unknown) => GraphQLError
}

/**
 * The response to one event: its own fields as the source sent them, those of other services fetched now, shaped to
 * the client's selection. Errors have the client's paths. Never rejects: what goes wrong with one event costs that
 * event only.
 */
export async function executeEvent<TContext extends object>(
  execution: EventExecution<TContext>,
): Promise<ExecutionResult> {
  const { schema, plan, report } = execution
  try {
    const { data, errors, extensions } = await executeQueryPlan(
      plan.eventPlan,
      withEvent(execution),
      requestContext(execution),
      { schema: schema.clientSchema, operation: plan.operation, fragments: plan.fragments },
      schema.supergraphSchema,
      schema.apiSchema,
    )
    return {
      // A request that failed as a whole has no data; the response to an event always does.
      data: data ?? null,
      ...(errors && errors.length > 0 ? { errors: errors.map(report) } : {}),
      ...(extensions ? { extensions } : {}),
    }
  } catch (error) {
    return { data: null, errors: [report(error)] }
  }
}

/**
 * The services, with the event in place of the subscription: the executor's fetch of `primary` is answered by the
 * event, every other fetch, also of the same service, by the service.
 */
function withEvent<TContext extends object>({
  plan: { primary },
  event,
  services,
}: EventExecution<TContext>): Record<string, GraphQLDataSource> {
  const owner = services[primary.serviceName]
  const overlay: GraphQLDataSource = {
    process(options) {
      if (options.request.query === primary.operation) return Promise.resolve(responseOf(event))
      if (!owner)
        return Promise.reject(new Error(`Couldn't find service with name "${primary.serviceName}".`))
      return owner.process(options)
    },
  }
  return { ...services, [primary.serviceName]: overlay }
}

function responseOf({ data, errors }: SourceResult): ServiceResponse {
  const copy = cloneEvent(data)
  return {
    data: isPlainObject(copy) ? copy : null,
    // Passed as they are, because the executor keeps them as `originalError`, which logs need. Only under
    // exactOptionalPropertyTypes is a GraphQLError, with its `path: undefined`, no GraphQLFormattedError.
    ...(errors ? { errors: errors as NonNullable<ServiceResponse['errors']> } : {}),
  }
}

/**
 * A request context as Apollo Server would make it, new for each event: the executor notes failed fetches in
 * `metrics`, which would grow for as long as a subscription lives.
 */
function requestContext<TContext extends object>({
  schema,
  plan,
  variables,
  context,
  logger,
}: EventExecution<TContext>): RequestContext {
  const operationName = plan.operation.name?.value
  return {
    request: { query: plan.source, variables, ...(operationName ? { operationName } : {}) },
    logger,
    schema: schema.clientSchema,
    // Apollo brands this string so that nobody else makes one; there is no function that does.
    schemaHash: schema.hash as RequestContext['schemaHash'],
    context,
    cache: noCache,
    queryHash: plan.queryHash,
    document: plan.document,
    source: plan.source,
    operationName: operationName ?? null,
    operation: plan.operation,
    metrics: {},
    overallCachePolicy: undefined,
  }
}

const noCache: RequestContext['cache'] = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(false),
}
