import { toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadByGlobalId } from '../load-by-global-id.ts'

export const storageFoldersResolvers: Resolvers = {
  StorageFolder: {
    __resolveReference: ({ id }, { storageFolders }) => loadByGlobalId('StorageFolder', id, storageFolders),
    id: ({ id }) => toGlobalId('StorageFolder', id),
    filesCount: async (folder, _args, { folderContents }) => (await folderContents.load(folder)).filesCount,
    totalSizeBytes: async (folder, _args, { folderContents }) =>
      (await folderContents.load(folder)).totalSizeBytes,
    company: ({ companyId }) => ({ companyId }),
  },
}
