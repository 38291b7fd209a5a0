import type { Database, Tx } from '@arv/database'
import type { EventBus, EventWriter } from '@arv/events'
import { type Caller, visibleCompanyIds } from '@arv/identity'
import type { JobSender } from '@arv/jobs'
import { readingTenant } from '@arv/subgraph/access'
import type { Logger } from 'pino'
import { type ActivationLoaders, createActivationLoaders } from './active-video/video-activations.loader.ts'
import { createTimeZoneLoader, type TimeZoneLoader } from './companies.loader.ts'
import type { VisibleCompanies } from './companies.repository.ts'
import { type ContentLoaders, createContentLoaders } from './contents/contents.loader.ts'
import { createPortraitLoaders, type PortraitLoaders } from './portraits/portraits.loader.ts'
import { createRotationLoaders, type RotationLoaders } from './rotations/rotations.loader.ts'
import { createVideoLoaders, type VideoLoaders } from './videos/videos.loader.ts'
import { createViewerContentLoader, type ViewerContentLoader } from './viewer/viewer-content.loader.ts'

export interface ContentDeps {
  readonly database: Database
  readonly events: EventWriter
  readonly bus: EventBus
  readonly jobs: JobSender
  /** Where visitors reach the gateway, e.g. `https://arv.example.com`. */
  readonly publicUrl: string
  readonly logger: Logger
}

/** Reads as the caller in one transaction. The companies that they may see are for the queries' own conditions. */
export type Read = <T>(query: (tx: Tx, visible: VisibleCompanies) => Promise<T>) => Promise<T>

interface Loaders {
  readonly contents: ContentLoaders
  readonly videos: VideoLoaders
  readonly rotations: RotationLoaders
  readonly activations: ActivationLoaders
  readonly timeZones: TimeZoneLoader
  readonly portraits: PortraitLoaders
  readonly viewerContents: ViewerContentLoader
}

export interface ContentContext extends ContentDeps {
  readonly caller: Caller
  /** The instant at which the operation is answered. */
  readonly now: Date
  readonly read: Read
  readonly loaders: Loaders
  /** Forgets what was loaded: a change was made, and the operation goes on. */
  forget(): void
}

export function createContentContext(deps: ContentDeps, caller: Caller): ContentContext {
  const read: Read = (query) =>
    deps.database.read(readingTenant(caller), (tx) => query(tx, visibleCompanyIds(caller.principal)))
  const createLoaders = (): Loaders => ({
    contents: createContentLoaders(read),
    videos: createVideoLoaders(read),
    rotations: createRotationLoaders(read),
    activations: createActivationLoaders(read),
    timeZones: createTimeZoneLoader(read),
    portraits: createPortraitLoaders(read),
    viewerContents: createViewerContentLoader(deps.database),
  })
  let loaders = createLoaders()
  return {
    ...deps,
    caller,
    now: new Date(),
    read,
    get loaders() {
      return loaders
    },
    forget: () => (loaders = createLoaders()),
  }
}
