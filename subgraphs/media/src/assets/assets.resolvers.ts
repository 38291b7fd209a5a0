import { toGlobalId } from '@arv/relay'
import { readingTenant } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { loadByGlobalId } from '../load-by-global-id.ts'
import { uploadAsset } from '../uploads/upload-asset.ts'
import { userIdOf } from './asset-use.ts'
import { deleteAsset } from './delete-asset.ts'

export const assetsResolvers: Resolvers = {
  Query: {
    asset: (_parent, { id }, { assets, caller }) => {
      readingTenant(caller)
      return loadByGlobalId('Asset', id, assets)
    },
  },
  Mutation: {
    uploadAsset: (_parent, { input }, { caller, services }) => uploadAsset(services, caller, input),
    deleteAsset: async (_parent, { input }, { caller, services }) => ({
      uses: [],
      ...(await deleteAsset(services, caller, input.id)),
    }),
  },
  Asset: {
    __resolveReference: ({ id }, { assets }) => loadByGlobalId('Asset', id, assets),
    id: ({ id }) => toGlobalId('Asset', id),
    url: (asset, _args, { services }) => services.addresses.signedUrl(asset, new Date()),
    thumbnail: ({ thumbnailId }, _args, { assets }) =>
      thumbnailId === null ? null : assets.load(thumbnailId),
    company: ({ companyId }) => ({ companyId }),
    project: ({ projectId }) => (projectId === null ? null : { projectId }),
    folder: ({ folderId }, _args, { storageFolders }) =>
      folderId === null ? null : storageFolders.load(folderId),
    createdBy: ({ createdBy }) => (createdBy === null ? null : { id: toGlobalId('User', createdBy) }),
    uses: (asset, _args, { assetUses }) => assetUses.load(asset),
  },
  AssetUse: {
    as: ({ usage }) => usage,
    usedById: userIdOf,
    content: ({ contentId, isDeleted }) =>
      contentId === null || isDeleted ? null : { id: toGlobalId('ArContent', contentId) },
    video: ({ videoId }) => (videoId === null ? null : { id: toGlobalId('Video', videoId) }),
    portrait: ({ portraitId }) => (portraitId === null ? null : { id: toGlobalId('Portrait', portraitId) }),
    file: ({ fileId }, _args, { assets }) => (fileId === null ? null : assets.load(fileId)),
  },
}
