import { fromGlobalId, toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'

export const contentViewsResolvers: Resolvers = {
  ArContent: {
    __resolveReference: ({ id: globalId }, { loaders }) => {
      const id = fromGlobalId('ArContent', globalId)
      return id === null ? null : loaders.contentViews.load(id)
    },
    id: ({ id }) => toGlobalId('ArContent', id),
    viewsCount: ({ viewsCount }) => viewsCount,
    lastViewedAt: ({ lastViewedAt }) => lastViewedAt,
  },
}
