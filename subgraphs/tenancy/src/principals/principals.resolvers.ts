import type { EventBus, StoredEvent } from '@arv/events'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { TenancyContext } from '../context.ts'

/** Tells gateways. What a gateway misses while it is away does no harm: it remembers nobody for longer than a second. */
export const principalsResolvers: Resolvers = {
  Subscription: {
    principalChanged: {
      subscribe: (_parent: unknown, _args: unknown, { deps }: TenancyContext) => changes(deps.bus),
      resolve: ({ subject: { type, id } }: StoredEvent) => ({
        userId: type === 'user' ? id : null,
        apiKeyId: type === 'apiKey' ? id : null,
      }),
    },
  },
}

function changes(bus: EventBus): AsyncIterableIterator<StoredEvent> {
  return bus.subscribe({ filter: ({ type }) => type === 'principal.changed', overflow: 'fail' })
}
