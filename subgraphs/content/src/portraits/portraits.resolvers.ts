import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import { markerOf } from '../markers/marker.ts'
import { viewerUrl } from '../qr-codes/qr-code.ts'
import { createPortrait } from './create-portrait.ts'
import { deletePortrait } from './delete-portrait.ts'
import type { Portrait } from './portraits.repository.ts'
import { regeneratePortraitMarker } from './regenerate-portrait-marker.ts'
import { setPortraitVideo } from './set-portrait-video.ts'

export const portraitsResolvers: Resolvers = {
  Query: {
    portrait: (_parent, { id }, context) => findPortrait(id, context),
  },
  Mutation: {
    createPortrait: async (_parent, { input }, context) => {
      const { companyId, imageId, folderId } = input
      const payload = await createPortrait(context, { companyId, imageId, folderId: folderId ?? null })
      context.forget()
      return payload
    },
    setPortraitVideo: async (_parent, { input }, context) => {
      const payload = await setPortraitVideo(context, input)
      context.forget()
      return payload
    },
    regeneratePortraitMarker: async (_parent, { input }, context) => {
      const payload = await regeneratePortraitMarker(context, input)
      context.forget()
      return payload
    },
    deletePortrait: async (_parent, { input }, context) => {
      const payload = await deletePortrait(context, input)
      context.forget()
      return payload
    },
  },
  Company: {
    portraits: ({ id: globalId }, args, { caller, loaders }) => {
      actorOf(caller)
      const id = fromGlobalId('Company', globalId)
      return id === null ? null : loaders.portraits.page(id, args)
    },
  },
  Portrait: {
    __resolveReference: ({ id }, context) => findPortrait(id, context),
    id: ({ id }) => toGlobalId('Portrait', id),
    company: ({ companyId }) => ({ __typename: 'Company', id: toGlobalId('Company', companyId) }),
    image: ({ imageId }) => ({ __typename: 'Asset', id: toGlobalId('Asset', imageId) }),
    marker: markerOf,
    video: ({ videoFileId }) =>
      videoFileId === null ? null : { __typename: 'Asset', id: toGlobalId('Asset', videoFileId) },
    qrCode: ({ uniqueId }) => ({ uniqueId }),
    viewerUrl: ({ uniqueId }, _args, { publicUrl }) => viewerUrl(publicUrl, uniqueId),
    storageConnection: ({ storageConnectionId }) => ({
      __typename: 'StorageConnection',
      id: toGlobalId('StorageConnection', storageConnectionId),
    }),
    storageFolder: ({ storageFolderId }) =>
      storageFolderId === null
        ? null
        : { __typename: 'StorageFolder', id: toGlobalId('StorageFolder', storageFolderId) },
  },
}

async function findPortrait(globalId: string, { caller, loaders }: ContentContext): Promise<Portrait | null> {
  actorOf(caller)
  const id = fromGlobalId('Portrait', globalId)
  return id === null ? null : loaders.portraits.byId.load(id)
}
