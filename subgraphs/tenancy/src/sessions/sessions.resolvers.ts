import type { Resolvers } from '../__generated__/resolver-types.ts'
import { refreshSession } from './refresh-session.ts'
import { signIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'

export const sessionsResolvers: Resolvers = {
  Mutation: {
    signIn: (_parent, { input }, { deps, caller }) => signIn(deps, caller, input),
    refreshSession: (_parent, { input }, { deps, caller }) => refreshSession(deps, caller, input),
    signOut: (_parent, { input }, { deps, caller }) => signOut(deps, caller, input),
  },
}
