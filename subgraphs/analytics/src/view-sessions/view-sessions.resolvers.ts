import { toGlobalId } from '@arv/relay'
import type { Resolvers } from '../__generated__/resolver-types.ts'
import { reportViewSession } from './report-view-session.ts'
import { startViewSession } from './start-view-session.ts'

export const viewSessionsResolvers: Resolvers = {
  ArContent: {
    viewSessions: (content, args, { loaders }) => loaders.viewSessionPages.load(content, args),
  },
  ViewSession: {
    id: ({ id }) => toGlobalId('ViewSession', id),
    content: ({ contentId }, _args, { loaders }) =>
      contentId === null ? null : loaders.contentViews.load(contentId),
    portrait: ({ portraitId }) => stubOf('Portrait', portraitId),
    project: ({ projectId }) => stubOf('Project', projectId),
    company: ({ companyId }) => stubOf('Company', companyId),
    video: ({ videoId }, _args, { loaders }) => (videoId === null ? null : loaders.videoPlays.load(videoId)),
  },
  Mutation: {
    startViewSession: (_parent, { input }, { database, caller }) =>
      startViewSession(database, caller.client, input),
    reportViewSession: (_parent, { input }, { database }) => reportViewSession(database, input),
  },
}

/** What another subgraph fills. */
function stubOf<Type extends string>(type: Type, id: number | null): { __typename: Type; id: string } | null {
  return id === null ? null : { __typename: type, id: toGlobalId(type, id) }
}
