import { bigint, boolean, inet, integer, pgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { createdAt, instant, updatedAt } from './columns.ts'

export const analytics = pgSchema('analytics')

/** One visit. Partitioned by the month of `created_at`. */
export const viewSessions = analytics.table(
  'view_sessions',
  {
    id: bigint('id', { mode: 'number' }).notNull().generatedByDefaultAsIdentity(),
    companyId: integer('company_id').notNull(),
    projectId: integer('project_id'),
    contentId: integer('content_id'),
    portraitId: integer('portrait_id'),
    sessionId: uuid('session_id').notNull(),
    userAgent: text('user_agent'),
    deviceType: text('device_type', { enum: ['MOBILE', 'TABLET', 'DESKTOP', 'OTHER'] })
      .notNull()
      .default('OTHER'),
    browser: text('browser'),
    os: text('os'),
    ipAddress: inet('ip_address'),
    country: text('country'),
    city: text('city'),
    durationSeconds: integer('duration_seconds').notNull().default(0),
    trackingQuality: text('tracking_quality', { enum: ['POOR', 'FAIR', 'GOOD'] }),
    videoId: integer('video_id'),
    videoPlayed: boolean('video_played').notNull().default(false),
    videoCompleted: boolean('video_completed').notNull().default(false),
    endedAt: instant('ended_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    playedVideoIds: integer('played_video_ids').array().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.createdAt, table.id] })],
)

/** Makes sessions unique across partitions; a preview has a key and no session. */
export const viewSessionKeys = analytics.table('view_session_keys', {
  sessionId: uuid('session_id').primaryKey(),
  id: bigint('id', { mode: 'number' }),
  uniqueId: uuid('unique_id').notNull(),
  companyId: integer('company_id').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const contentViews = analytics.table(
  'content_views',
  {
    companyId: integer('company_id').notNull(),
    contentId: integer('content_id').notNull(),
    viewsCount: integer('views_count').notNull().default(0),
    lastViewedAt: instant('last_viewed_at'),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.contentId] })],
)

/** How many visits played each video. */
export const videoPlays = analytics.table(
  'video_plays',
  {
    companyId: integer('company_id').notNull(),
    videoId: integer('video_id').notNull(),
    playsCount: integer('plays_count').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.videoId] })],
)
