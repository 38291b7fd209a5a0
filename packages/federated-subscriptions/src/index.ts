export type { Logger, SourceResult } from './execute-event.ts'
export type {
  FederatedSubscriptions,
  FederatedSubscriptionsOptions,
  OpenSource,
  SourceRequest,
  SubscriptionRequest,
} from './federated-subscriptions.ts'
export { createFederatedSubscriptions } from './federated-subscriptions.ts'
export { schemaReloadError, toGraphQLError } from './graphql-errors.ts'
