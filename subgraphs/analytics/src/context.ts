import type { Database } from '@arv/database'
import type { Caller } from '@arv/identity'
import { type ContentViewsLoader, createContentViewsLoader } from './content-views/content-views.loader.ts'
import { createVideoPlaysLoader, type VideoPlaysLoader } from './video-plays/video-plays.loader.ts'
import { createViewSessionPages, type ViewSessionPages } from './view-sessions/view-session-pages.ts'

export interface AnalyticsContext {
  readonly caller: Caller
  readonly database: Database
  readonly loaders: {
    readonly contentViews: ContentViewsLoader
    readonly videoPlays: VideoPlaysLoader
    readonly viewSessionPages: ViewSessionPages
  }
}

export function createAnalyticsContext(database: Database, caller: Caller): AnalyticsContext {
  return {
    caller,
    database,
    loaders: {
      contentViews: createContentViewsLoader(database, caller),
      videoPlays: createVideoPlaysLoader(database, caller),
      viewSessionPages: createViewSessionPages(database, caller),
    },
  }
}
