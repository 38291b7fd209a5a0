import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import { markerOf } from '../markers/marker.ts'
import { viewerUrl } from '../qr-codes/qr-code.ts'
import type { Portrait } from './portraits.repository.ts'

export const portraitsResolvers: Resolvers = {
  Query: {
    portrait: (_parent, { id }, context) => findPortrait(id, context),
  },
  Portrait: {
    __resolveReference: ({ id }, context) => findPortrait(id, context),
    id: ({ id }) => toGlobalId('Portrait', id),
    company: ({ companyId }) => ({ __typename: 'Company', id: toGlobalId('Company', companyId) }),
    image: ({ imageId }) => ({ __typename: 'Asset', id: toGlobalId('Asset', imageId) }),
    marker: markerOf,
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
