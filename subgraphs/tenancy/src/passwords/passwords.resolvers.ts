import type { Resolvers } from '../__generated__/resolver-types.ts'
import { changePassword } from './change-password.ts'
import { requestPasswordReset } from './request-password-reset.ts'
import { resetPassword } from './reset-password.ts'

export const passwordsResolvers: Resolvers = {
  Mutation: {
    changePassword: (_parent, { input }, { deps, caller }) => changePassword(deps, caller, input),
    requestPasswordReset: (_parent, { input }, { deps, caller }) => requestPasswordReset(deps, caller, input),
    resetPassword: (_parent, { input }, { deps, caller }) => resetPassword(deps, caller, input),
  },
}
