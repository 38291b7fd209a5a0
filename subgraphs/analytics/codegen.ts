import { subgraphCodegen } from '@arv/subgraph/codegen'

export default subgraphCodegen({
  contextType: '../context.ts#AnalyticsContext',
  mappers: {
    ArContent: '../content-views/content-views.repository.ts#ContentViews',
    Video: '../video-plays/video-plays.repository.ts#VideoPlays',
    ViewSession: '../view-sessions/view-sessions.repository.ts#ViewSession',
    ViewSessionConnection: '../view-sessions/view-session-pages.ts#ViewSessionConnection',
  },
})
