import { fromGlobalId, toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadExisting, loadNamed } from '../row-loaders.ts'
import { addMember } from './add-member.ts'
import { changeMemberRole } from './change-member-role.ts'
import { removeMember } from './remove-member.ts'

export const membersResolvers: Resolvers = {
  Membership: {
    __resolveReference: ({ id }, { loaders }) =>
      loadNamed(loaders.memberships, fromGlobalId('Membership', id)),
    id: (membership) => toGlobalId('Membership', membership.id),
    user: (membership, _args, { loaders }) => loadExisting(loaders.users, membership.userId),
    company: (membership, _args, { loaders }) => loadExisting(loaders.companies, membership.companyId),
  },
  Company: {
    members: (company, _args, { loaders }) => loaders.membershipsOfCompany.load(company.id),
  },
  Mutation: {
    addMember: (_parent, { input }, { deps, caller }) => addMember(deps, caller, input),
    changeMemberRole: (_parent, { input }, { deps, caller }) => changeMemberRole(deps, caller, input),
    removeMember: (_parent, { input }, { deps, caller }) => removeMember(deps, caller, input),
  },
}
