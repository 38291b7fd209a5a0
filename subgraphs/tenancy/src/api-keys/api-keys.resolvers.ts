import { fromGlobalId, toGlobalId } from '@arv/relay'
import { requireStanding } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadExisting, loadNamed } from '../row-loaders.ts'
import { createApiKey } from './create-api-key.ts'
import { revokeApiKey } from './revoke-api-key.ts'

export const apiKeysResolvers: Resolvers = {
  ApiKey: {
    __resolveReference: async ({ id }, { caller, loaders }) => {
      const key = await loadNamed(loaders.apiKeys, fromGlobalId('ApiKey', id))
      if (key) requireStanding('Company.apiKeys', caller, key.companyId)
      return key
    },
    id: (key) => toGlobalId('ApiKey', key.id),
    company: (key, _args, { loaders }) => loadExisting(loaders.companies, key.companyId),
    createdBy: (key, _args, { loaders }) => loadNamed(loaders.users, key.createdBy),
  },
  Company: {
    apiKeys: (company, _args, { caller, loaders }) => {
      requireStanding('Company.apiKeys', caller, company.id)
      return loaders.apiKeysOfCompany.load(company.id)
    },
  },
  Mutation: {
    createApiKey: (_parent, { input }, { deps, caller }) => createApiKey(deps, caller, input),
    revokeApiKey: (_parent, { input }, { deps, caller }) => revokeApiKey(deps, caller, input),
  },
}
