import { fromGlobalId, toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'

export const videoPlaysResolvers: Resolvers = {
  Video: {
    __resolveReference: ({ id: globalId }, { loaders }) => {
      const id = fromGlobalId('Video', globalId)
      return id === null ? null : loaders.videoPlays.load(id)
    },
    id: ({ id }) => toGlobalId('Video', id),
    plays: ({ plays }) => plays,
  },
}
