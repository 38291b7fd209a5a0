import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf, isAllowed } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadNamed } from '../row-loaders.ts'
import { listCompanies } from './company-pages.ts'
import { createCompany } from './create-company.ts'
import { subscriptionStatus } from './subscription-status.ts'
import { listSubscriptionTiers } from './subscription-tiers.ts'
import { updateCompany } from './update-company.ts'

export const companiesResolvers: Resolvers = {
  Query: {
    subscriptionTiers: (_parent, _args, { caller }) => {
      actorOf(caller)
      return listSubscriptionTiers()
    },
    company: (_parent, { id }, { caller, loaders }) => {
      actorOf(caller)
      return loadNamed(loaders.companies, fromGlobalId('Company', id))
    },
    companies: (_parent, args, { deps, caller }) => listCompanies(deps.database, caller, args),
  },
  Company: {
    __resolveReference: ({ id }, { loaders }) => loadNamed(loaders.companies, fromGlobalId('Company', id)),
    id: (company) => toGlobalId('Company', company.id),
    notes: ({ id, notes }, _args, { caller }) => (isAllowed('Company.notes', caller, id) ? notes : null),
    subscriptionStatus: ({ subscriptionExpiresAt, readAt }) =>
      subscriptionStatus(subscriptionExpiresAt, readAt),
    storageConnection: ({ storageConnectionId }) => ({
      id: toGlobalId('StorageConnection', storageConnectionId),
    }),
    createdBy: (company, _args, { loaders }) => loadNamed(loaders.users, company.createdBy),
  },
  Mutation: {
    createCompany: (_parent, { input }, { deps, caller }) => createCompany(deps, caller, input),
    updateCompany: (_parent, { input }, { deps, caller }) => updateCompany(deps, caller, input),
  },
}
