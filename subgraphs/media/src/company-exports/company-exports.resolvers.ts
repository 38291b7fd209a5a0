import { toGlobalId } from '@arv/relay'
import { requireStanding } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadByGlobalId } from '../load-by-global-id.ts'
import { exportCompany } from './export-company.ts'

export const companyExportsResolvers: Resolvers = {
  CompanyExport: {
    __resolveReference: async ({ id }, { caller, companyExports }) => {
      const found = await loadByGlobalId('CompanyExport', id, companyExports)
      if (found) requireStanding('Company.exports', caller, found.companyId)
      return found
    },
    id: ({ id }) => toGlobalId('CompanyExport', id),
    requestedBy: ({ requestedBy }) => (requestedBy === null ? null : { id: toGlobalId('User', requestedBy) }),
    url: ({ status, publicId, fileName }, _args, { services }) =>
      status === 'COMPLETED' ? services.addresses.signedUrl({ publicId, fileName }, new Date()) : null,
    error: ({ errorCode }) => errorCode,
  },
  Company: {
    exports: ({ companyId }, _args, { caller, exportsOfCompany }) => {
      requireStanding('Company.exports', caller, companyId)
      return exportsOfCompany.load(companyId)
    },
  },
  Mutation: {
    exportCompany: (_parent, { input }, { services, caller }) => exportCompany(services, caller, input),
  },
}
