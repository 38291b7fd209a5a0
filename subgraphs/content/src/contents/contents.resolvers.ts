import { fromGlobalId, toGlobalId } from '@arv/relay'
import { requirePage } from '@arv/subgraph'
import { readingTenant, actorOf } from '@arv/subgraph/access'
import type { ArContentResolvers, CompanyContentsArgs, Resolvers } from '../__generated__/resolver-types.ts'
import { activeVideoOf } from '../active-video/active-video-of.ts'
import type { ContentContext } from '../context.ts'
import { markerOf } from '../markers/marker.ts'
import { viewerUrl } from '../qr-codes/qr-code.ts'
import { contentFilter, contentOrdering } from './content-list.ts'
import type { ContentListOwner } from './contents-page.repository.ts'
import type { ArContentConnection } from './contents.loader.ts'
import type { ArContent } from './contents.repository.ts'
import { createArContent } from './create-ar-content.ts'
import { deleteArContent } from './delete-ar-content.ts'
import { publishArContent } from './publish-ar-content.ts'
import { restoreArContent } from './restore-ar-content.ts'
import { unpublishArContent } from './unpublish-ar-content.ts'
import { updateArContent } from './update-ar-content.ts'
import { restorableUntil } from './ar-content.ts'

const ArContentFields: ArContentResolvers = {
  __resolveReference: ({ id }, context) => findContent(id, context),
  id: ({ id }) => toGlobalId('ArContent', id),
  company: ({ companyId }) => ({ __typename: 'Company', id: toGlobalId('Company', companyId) }),
  project: ({ projectId }) => ({ __typename: 'Project', id: toGlobalId('Project', projectId) }),
  createdBy: ({ createdBy }) =>
    createdBy === null ? null : { __typename: 'User', id: toGlobalId('User', createdBy) },
  image: ({ imageId }) => ({ __typename: 'Asset', id: toGlobalId('Asset', imageId) }),
  nextImage: ({ nextImageId }) =>
    nextImageId === null ? null : { __typename: 'Asset', id: toGlobalId('Asset', nextImageId) },
  restorableUntil: ({ deletedAt }) => deletedAt && restorableUntil(deletedAt),
  marker: markerOf,
  qrCode: ({ uniqueId }) => ({ uniqueId }),
  viewerUrl: ({ uniqueId }, _args, { publicUrl }) => viewerUrl(publicUrl, uniqueId),
  videos: (content, _args, { loaders }) => loaders.videos.ofContent.load(content),
  activeVideo: async (content, _args, context) => {
    const { videoId } = await activeVideoOf(content, context)
    if (videoId === null) return null
    const videos = await context.loaders.videos.ofContent.load(content)
    return videos.find(({ id }) => id === videoId) ?? null
  },
  activeVideoReason: async (content, _args, context) => (await activeVideoOf(content, context)).rule,
  nextChangeAt: async (content, _args, context) => (await activeVideoOf(content, context)).nextChangeAt,
}

export const contentsResolvers: Resolvers = {
  Query: {
    arContent: (_parent, { id }, context) => findContent(id, context),
  },
  Mutation: {
    createArContent: async (_parent, { input }, context) => {
      const payload = await createArContent(context, {
        projectId: input.projectId,
        imageId: input.imageId,
        title: input.title.trim(),
        description: input.description ?? null,
        expiresAt: input.expiresAt ?? null,
        metadata: input.metadata ?? {},
        allowSimilar: input.allowSimilar ?? false,
      })
      context.forget()
      return { similar: [], ...payload }
    },
    updateArContent: async (_parent, { input }, context) => {
      const payload = await updateArContent(context, input)
      context.forget()
      return { similar: [], ...payload }
    },
    publishArContent: async (_parent, { input }, context) => {
      const { id, force, allowSimilar } = input
      const payload = await publishArContent(context, {
        id,
        force: force ?? false,
        allowSimilar: allowSimilar ?? false,
      })
      context.forget()
      return { similar: [], ...payload }
    },
    unpublishArContent: async (_parent, { input }, context) => {
      const payload = await unpublishArContent(context, input)
      context.forget()
      return payload
    },
    deleteArContent: async (_parent, { input }, context) => {
      const payload = await deleteArContent(context, {
        id: input.id,
        permanently: input.permanently ?? false,
      })
      context.forget()
      return payload
    },
    restoreArContent: async (_parent, { input }, context) => {
      const { id, allowSimilar } = input
      const payload = await restoreArContent(context, { id, allowSimilar: allowSimilar ?? false })
      context.forget()
      return { similar: [], ...payload }
    },
  },
  Company: {
    contents: ({ id }, args, context) => listOf('company', fromGlobalId('Company', id), args, context),
  },
  Project: {
    contents: ({ id }, args, context) => listOf('project', fromGlobalId('Project', id), args, context),
  },
  ArContent: ArContentFields,
}

async function findContent(globalId: string, { caller, loaders }: ContentContext): Promise<ArContent | null> {
  actorOf(caller)
  const id = fromGlobalId('ArContent', globalId)
  return id === null ? null : loaders.contents.byId.load(id)
}

async function listOf(
  owner: ContentListOwner,
  ownerId: number | null,
  args: CompanyContentsArgs,
  { caller, loaders }: ContentContext,
): Promise<ArContentConnection | null> {
  readingTenant(caller)
  const page = requirePage(args, contentOrdering(args.orderBy))
  if (ownerId === null) return null
  return loaders.contents.page({ owner, page, filter: contentFilter(args.filter) }, ownerId)
}
