import { eventCursor } from '@arv/events'
import { toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import { markerStatusChanged, type MarkerStatusChange } from './marker-status-changed.ts'
import { regenerateMarker } from './regenerate-marker.ts'

export const markersResolvers: Resolvers = {
  Mutation: {
    regenerateMarker: async (_parent, { input }, context) => {
      const payload = await regenerateMarker(context, input)
      context.forget()
      return payload
    },
  },
  Subscription: {
    markerStatusChanged: {
      subscribe: (_parent: unknown, args, context: ContentContext) => markerStatusChanged(args, context),
      resolve: (event: MarkerStatusChange) => event,
    },
  },
  Marker: {
    error: ({ errorCode, errorMessage }) =>
      errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
    file: ({ fileId }) => (fileId === null ? null : { __typename: 'Asset', id: toGlobalId('Asset', fileId) }),
  },
  MarkerStatusChange: {
    cursor: ({ position }) => eventCursor(position),
    status: ({ payload }) => payload.status,
    content: ({ subject }, _args, { loaders }) =>
      subject.type === 'content' ? loaders.contents.byId.load(subject.id) : null,
    portrait: ({ subject }, _args, { loaders }) =>
      subject.type === 'portrait' ? loaders.portraits.byId.load(subject.id) : null,
  },
}
