import { eventCursor } from '@arv/events'
import { fromGlobalId, toGlobalId } from '@arv/relay'
import { actorOf } from '@arv/subgraph/access'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import { rotationChanged, type RotationChange } from './rotation-changed.ts'
import { dayOfWeek } from './rotation-schedule.ts'

export const rotationsResolvers: Resolvers = {
  Subscription: {
    rotationChanged: {
      subscribe: (_parent: unknown, args, context: ContentContext) => rotationChanged(args, context),
      resolve: (event: RotationChange) => event,
    },
  },
  RotationSchedule: {
    __resolveReference: ({ id }, { caller, loaders }) => {
      actorOf(caller)
      const rowId = fromGlobalId('RotationSchedule', id)
      return rowId === null ? null : loaders.rotations.byId.load(rowId)
    },
    id: ({ id }) => toGlobalId('RotationSchedule', id),
    content: ({ contentId }, _args, { loaders }) => loaders.contents.byId.load(contentId),
    dayOfWeek: (rotation) => (rotation.dayOfWeek === null ? null : dayOfWeek(rotation.dayOfWeek)),
    videoSequence: async ({ companyId, contentId, videoSequence }, _args, { loaders }) => {
      const videos = await loaders.videos.ofContent.load({ companyId, id: contentId })
      const byId = new Map(videos.map((video) => [video.id, video]))
      return videoSequence.flatMap((id) => byId.get(id) ?? [])
    },
  },
  RotationChange: {
    cursor: ({ position }) => eventCursor(position),
    reason: ({ payload }) => payload.reason,
    previousVideo: ({ payload }, _args, { loaders }) =>
      payload.previousVideoId === null ? null : loaders.videos.byId.load(payload.previousVideoId),
    video: ({ payload }, _args, { loaders }) =>
      payload.videoId === null ? null : loaders.videos.byId.load(payload.videoId),
    content: ({ subject }, _args, { loaders }) => loaders.contents.byId.load(subject.id),
  },
}
