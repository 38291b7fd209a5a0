import { buildSubgraphSchema } from '@apollo/subgraph'
import { exportPart } from '@arv/leaving'
import { loadTypeDefs, scalarResolvers, type Subgraph } from '@arv/subgraph'
import { type DocumentNode, type GraphQLSchema, Kind } from 'graphql'
import { startActiveVideoClock } from './active-video/active-video-clock.ts'
import { activeVideoResolvers } from './active-video/active-video.resolvers.ts'
import { type ContentDeps, createContentContext } from './context.ts'
import { contentsResolvers } from './contents/contents.resolvers.ts'
import { createPurgeHandler } from './contents/purge-contents.ts'
import { createEventRetentionHandler } from './events/forget-old-events.ts'
import { eraseContents } from './leaving/erase-contents.ts'
import { EXPORTED_TABLES } from './leaving/exported-tables.ts'
import { createMarkerReportHandler } from './markers/apply-marker-report.ts'
import { markersResolvers } from './markers/markers.resolvers.ts'
import { portraitsResolvers } from './portraits/portraits.resolvers.ts'
import { qrCodesResolvers } from './qr-codes/qr-codes.resolvers.ts'
import { createZoneChangeHandler } from './rotations/follow-time-zone.ts'
import { rotationsResolvers } from './rotations/rotations.resolvers.ts'
import { videosResolvers } from './videos/videos.resolvers.ts'
import { viewerResolvers } from './viewer/viewer.resolvers.ts'

export type { ContentDeps } from './context.ts'

/**
 * AR contents, portraits, their videos and markers, and what visitors see of them. What it is given stays its
 * owner's to close.
 */
export function createContentSubgraph(deps: ContentDeps): Subgraph {
  return {
    name: 'content',
    schema: createSchema(),
    createContext: (caller) => createContentContext(deps, caller),
    commands: {},
    jobs: {
      'marker.report': createMarkerReportHandler(deps),
      'rotation.zone-changed': createZoneChangeHandler(deps),
      'contents.purge': createPurgeHandler(deps),
      'events.retention': createEventRetentionHandler(deps.database),
      'export.content': (request, { signal }) =>
        exportPart(deps, { ...request, part: 'content' }, EXPORTED_TABLES, signal),
      'erasure.contents': eraseContents(deps),
    },
    cron: { 'contents.purge': '47 2 * * *', 'events.retention': '17 3 * * *' },
    startBackground: () => startActiveVideoClock(deps),
    ready: () => deps.database.ping(),
    close: async () => {},
  }
}

function createSchema(): GraphQLSchema {
  // Features share types (Query, Subscription): as modules of one schema, their resolvers are put together field by field.
  const features = [
    activeVideoResolvers,
    contentsResolvers,
    markersResolvers,
    portraitsResolvers,
    qrCodesResolvers,
    rotationsResolvers,
    videosResolvers,
    viewerResolvers,
  ]
  const noTypes: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }
  return buildSubgraphSchema([
    { typeDefs: loadTypeDefs(import.meta.dirname), resolvers: scalarResolvers },
    ...features.map((resolvers) => ({ typeDefs: noTypes, resolvers: { ...resolvers } })),
  ])
}
