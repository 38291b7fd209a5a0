import { toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import type { ContentContext } from '../context.ts'
import type { ContentKey, Video } from '../videos/videos.repository.ts'
import { DRAFT_ID, explainContent, foretellContent } from './foretell-active-video.ts'

export const activeVideoResolvers: Resolvers = {
  ArContent: {
    explainActiveVideo: (content, { at }, context) => explainContent(content, at ?? null, context),
    rotationTimeline: (content, { from, to, draft }, context) =>
      foretellContent(content, { from, to, draft: draft ?? null }, context),
    activationHistory: (content, args, { loaders }) => loaders.activations.page(content, args),
  },
  ActiveVideoExplanation: {
    winner: ({ content, videoId }, _args, context) => videoOf(content, videoId, context),
    schedule: ({ scheduleId }, _args, context) => scheduleOf(scheduleId, context),
  },
  ActiveVideoCandidate: {
    videoId: ({ videoId }) => toGlobalId('Video', videoId),
    video: ({ content, videoId }, _args, context) => videoOf(content, videoId, context),
  },
  RotationTimelineEntry: {
    video: ({ content, videoId }, _args, context) => videoOf(content, videoId, context),
    schedule: ({ scheduleId }, _args, context) => scheduleOf(savedId(scheduleId), context),
    ofDraft: ({ scheduleId }) => scheduleId === DRAFT_ID,
  },
  RotationWarning: {
    schedule: ({ scheduleId }, _args, context) => scheduleOf(savedId(scheduleId), context),
    scheduleId: ({ scheduleId }) => {
      const id = savedId(scheduleId)
      return id === null ? null : toGlobalId('RotationSchedule', id)
    },
    ofDraft: ({ scheduleId }) => scheduleId === DRAFT_ID,
    videos: async ({ content, videoIds }, _args, context) => {
      const videos = await Promise.all(videoIds.map((id) => videoOf(content, id, context)))
      return videos.filter((video) => video !== null)
    },
  },
  VideoActivation: {
    video: ({ companyId, contentId, videoId }, _args, context) =>
      videoOf({ companyId, id: contentId }, videoId, context),
    schedule: ({ scheduleId }, _args, context) => scheduleOf(scheduleId, context),
    activatedBy: ({ actor }) => {
      const [, userId] = /^user:(\d+)$/.exec(actor) ?? []
      return userId === undefined ? null : { __typename: 'User', id: toGlobalId('User', Number(userId)) }
    },
  },
}

/** Null for none, and for one that was removed. */
async function videoOf(
  content: ContentKey,
  id: number | null,
  { loaders }: ContentContext,
): Promise<Video | null> {
  if (id === null) return null
  const videos = await loaders.videos.ofContent.load(content)
  return videos.find((video) => video.id === id) ?? null
}

function savedId(scheduleId: number | null): number | null {
  return scheduleId === DRAFT_ID ? null : scheduleId
}

async function scheduleOf(id: number | null, { loaders }: ContentContext) {
  return id === null ? null : loaders.rotations.byId.load(id)
}
