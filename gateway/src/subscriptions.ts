import type { GraphQLDataSource } from '@apollo/gateway'
import { createFederatedSubscriptions, schemaReloadError } from '@arv/federated-subscriptions'
import type { FederatedSubscriptions } from '@arv/federated-subscriptions'
import type { SubgraphClient } from '@arv/subgraph'
import type { Telemetry } from '@arv/telemetry'
import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { logErrors, publicError } from './errors.ts'
import type { CountErrors, ReportedError } from './errors.ts'
import type { RequestContext } from './request-context.ts'

/** What a subscription is opened with: the context, and how to find out whether it still holds. */
export interface SubscriptionContext extends RequestContext {
  /** Rejects with the error to end with when the caller may no longer see what they could when they subscribed. */
  readonly renew: () => Promise<void>
}

interface Deps {
  readonly clients: Readonly<Record<string, SubgraphClient>>
  readonly dataSources: Readonly<Record<string, GraphQLDataSource>>
  readonly telemetry: Telemetry
  readonly countErrors: CountErrors
  readonly logger: Logger
}

export interface Subscriptions {
  /** Takes up a schema; subscriptions to the one before end with `SUBSCRIPTION_SCHEMA_RELOAD`. */
  load(supergraphSdl: string): void
  current(): FederatedSubscriptions<SubscriptionContext>
}

/** The federated subscriptions of the schema that is in force. */
export function createSubscriptions({
  clients,
  dataSources,
  telemetry,
  countErrors,
  logger,
}: Deps): Subscriptions {
  let current: FederatedSubscriptions<SubscriptionContext> | null = null
  telemetry.gauge('arv_subscriptions_open', 'Open subscriptions, by field.', ['field'], () =>
    [...(current?.openByField() ?? [])].map(([field, value]) => ({ labels: { field }, value })),
  )
  return {
    load(supergraphSdl) {
      const next = createFederatedSubscriptions<SubscriptionContext>({
        supergraphSdl,
        services: dataSources,
        logger,
        async openSource(name, { context, ...request }) {
          const client = clients[name]
          if (!client) throw new Error(`There is no subgraph "${name}".`)
          return client.subscribe({ ...request, caller: context.caller })
        },
        async contextForEvent(context) {
          await context.renew()
          // One of its own: the fetches of an event have their own time, as those of a request have.
          return { ...context }
        },
        observeEvent(field, respond) {
          const began = performance.now()
          // Each a trace of its own: as part of what subscribed it would be the trace of hours.
          return telemetry.tracing
            .span(`event ${field}`, { parent: null }, respond)
            .finally(() => telemetry.instruments.subscriptionEvent((performance.now() - began) / 1000, field))
        },
        formatError(error, { caller: { requestId } }) {
          logErrors([error], requestId, logger)
          countErrors([error])
          return publicGraphQLError(error, requestId)
        },
      })
      current?.close(schemaReloadError())
      current = next
    },
    current() {
      if (current === null) throw new Error('No schema is loaded yet.')
      return current
    },
  }
}

/** graphql-ws calls `toJSON()` on errors, so a formatted one must become an error again. */
export function publicGraphQLError(error: ReportedError, requestId: string): GraphQLError {
  const { message, path, extensions } = publicError(error, requestId)
  return new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null })
}
