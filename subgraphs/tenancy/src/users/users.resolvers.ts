import { fromGlobalId, toGlobalId } from '@arv/relay'
import { userActor } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadNamed } from '../row-loaders.ts'

export const usersResolvers: Resolvers = {
  Query: {
    me: (_parent, _args, { caller, loaders }) => loaders.users.load(userActor(caller).userId),
  },
  User: {
    __resolveReference: ({ id }, { loaders }) => loadNamed(loaders.users, fromGlobalId('User', id)),
    id: (user) => toGlobalId('User', user.id),
    memberships: (user, _args, { loaders }) => loaders.membershipsOfUser.load(user.id),
  },
}
