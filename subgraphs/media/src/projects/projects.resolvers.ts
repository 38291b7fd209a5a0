import { fromGlobalId, toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'

export const projectsResolvers: Resolvers = {
  Project: {
    __resolveReference: ({ id }) => {
      const projectId = fromGlobalId('Project', id)
      return projectId === null ? null : { projectId }
    },
    id: ({ projectId }) => toGlobalId('Project', projectId),
    assets: ({ projectId }, args, { assetLists }) => assetLists.load('project', projectId, args),
  },
}
