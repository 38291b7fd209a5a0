import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { activeVideoOf } from '../active-video/active-video-of.ts'
import { activateVideo } from './activate-video.ts'
import { addVideo } from './add-video.ts'
import { removeVideo } from './remove-video.ts'
import { reorderVideos } from './reorder-videos.ts'
import { updateVideo } from './update-video.ts'

export const videosResolvers: Resolvers = {
  Mutation: {
    addVideo: async (_parent, { input }, context) => {
      const payload = await addVideo(context, {
        contentId: input.contentId,
        fileId: input.fileId,
        title: input.title.trim(),
        rotationOrder: input.rotationOrder ?? null,
        scheduleStart: input.scheduleStart ?? null,
        scheduleEnd: input.scheduleEnd ?? null,
        captions: input.captions ?? [],
      })
      context.forget()
      return payload
    },
    updateVideo: async (_parent, { input }, context) => {
      const payload = await updateVideo(context, input)
      context.forget()
      return payload
    },
    reorderVideos: async (_parent, { input }, context) => {
      const payload = await reorderVideos(context, input)
      context.forget()
      return payload
    },
    removeVideo: async (_parent, { input }, context) => {
      const payload = await removeVideo(context, input)
      context.forget()
      return payload
    },
    activateVideo: async (_parent, { input }, context) => {
      const payload = await activateVideo(context, input)
      context.forget()
      return payload
    },
  },
  Video: {
    __resolveReference: ({ id }, { caller, loaders }) => {
      actorOf(caller)
      const rowId = fromGlobalId('Video', id)
      return rowId === null ? null : loaders.videos.byId.load(rowId)
    },
    id: ({ id }) => toGlobalId('Video', id),
    isActive: async ({ id, contentId }, _args, context) => {
      const content = await context.loaders.contents.byId.load(contentId)
      return content !== null && (await activeVideoOf(content, context)).videoId === id
    },
    content: ({ contentId }, _args, { loaders }) => loaders.contents.byId.load(contentId),
    file: ({ fileId }) => ({ __typename: 'Asset', id: toGlobalId('Asset', fileId) }),
    captions: (video, _args, { loaders }) => loaders.videos.captionsOf.load(video),
  },
  VideoCaptions: {
    file: ({ fileId }) => ({ __typename: 'Asset', id: toGlobalId('Asset', fileId) }),
  },
}
