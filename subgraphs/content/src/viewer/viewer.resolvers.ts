import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import { type ViewerContentChange, watchViewerContent } from './watch-viewer-content.ts'

export const viewerResolvers: Resolvers = {
  Query: {
    viewerContent: (_parent, { uniqueId }, { loaders }) => loaders.viewerContents.load(uniqueId),
  },
  Subscription: {
    viewerContentChanged: {
      subscribe: (_parent: unknown, { uniqueId, after }, context: ContentContext) =>
        watchViewerContent(context, uniqueId, after ?? null),
      resolve: (change: ViewerContentChange) => change,
    },
  },
  ViewerContent: {
    image: ({ imagePublicId }) => ({ __typename: 'PublicFile', publicId: imagePublicId }),
    marker: ({ markerPublicId }) =>
      markerPublicId === null ? null : { __typename: 'PublicFile', publicId: markerPublicId },
  },
  ViewerVideo: {
    file: ({ filePublicId }) => ({ __typename: 'PublicFile', publicId: filePublicId }),
    captions: ({ captions }) => [...captions],
  },
  ViewerCaptions: {
    file: ({ filePublicId }) => ({ __typename: 'PublicFile', publicId: filePublicId }),
  },
}
