import { fromGlobalId, toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'

export const companiesResolvers: Resolvers = {
  Company: {
    __resolveReference: ({ id }) => {
      const companyId = fromGlobalId('Company', id)
      return companyId === null ? null : { companyId }
    },
    id: ({ companyId }) => toGlobalId('Company', companyId),
    storagePath: async ({ companyId }, _args, { storageUsage }) =>
      (await storageUsage.load(companyId))?.storagePath ?? null,
    storageUsedBytes: async ({ companyId }, _args, { storageUsage }) =>
      (await storageUsage.load(companyId))?.usedBytes ?? null,
    storageFolders: ({ companyId }, args, { folderPages }) => folderPages.of(companyId, args),
    assets: ({ companyId }, args, { assetLists }) => assetLists.load('company', companyId, args),
  },
}
