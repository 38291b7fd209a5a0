import {
  bigint,
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgSchema,
  text,
  time,
  uuid,
} from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { createdAt, instant, metadata, updatedAt } from './columns.ts'

export const content = pgSchema('content')

/** A marker belongs to what it recognises: contents and portraits have the same columns for it. */
const marker = () => ({
  markerStatus: text('marker_status', { enum: ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] })
    .notNull()
    .default('PENDING'),
  markerGeneration: integer('marker_generation').notNull().default(1),
  markerAttempts: integer('marker_attempts').notNull().default(0),
  markerFileId: integer('marker_file_id'),
  markerRating: doublePrecision('marker_rating'),
  markerFeatureCount: integer('marker_feature_count'),
  markerGeneratedAt: instant('marker_generated_at'),
  markerErrorCode: text('marker_error_code', {
    enum: ['TOO_SMALL', 'EXTREME_ASPECT_RATIO', 'TOO_FEW_FEATURES', 'TIMED_OUT', 'INTERNAL'],
  }),
  markerErrorMessage: text('marker_error_message'),
})

export const arContents = content.table('ar_contents', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  projectId: integer('project_id').notNull(),
  uniqueId: uuid('unique_id').notNull().defaultRandom(),
  title: text('title').notNull(),
  description: text('description'),
  imageId: integer('image_id').notNull(),
  ...marker(),
  activeVideoId: integer('active_video_id'),
  activeVideoRule: text('active_video_rule', { enum: ['MANUAL', 'WINDOW', 'ROTATION', 'DEFAULT', 'NONE'] })
    .notNull()
    .default('NONE'),
  manualVideoId: integer('manual_video_id'),
  manualSince: instant('manual_since'),
  nextChangeAt: instant('next_change_at'),
  isActive: boolean('is_active').notNull().default(true),
  publishedAt: instant('published_at'),
  expiresAt: instant('expires_at'),
  deletedAt: instant('deleted_at'),
  metadata: metadata(),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
  createdBy: integer('created_by'),
  nextImageId: integer('next_image_id'),
  similarAllowed: boolean('similar_allowed').notNull().default(false),
})

export const videos = content.table('videos', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  contentId: integer('content_id').notNull(),
  uniqueId: uuid('unique_id').notNull().defaultRandom(),
  fileId: integer('file_id').notNull(),
  title: text('title').notNull(),
  rotationOrder: integer('rotation_order').notNull().default(0),
  scheduleStart: instant('schedule_start'),
  scheduleEnd: instant('schedule_end'),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

export const videoCaptions = content.table('video_captions', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  contentId: integer('content_id').notNull(),
  videoId: integer('video_id').notNull(),
  language: text('language').notNull(),
  label: text('label').notNull(),
  fileId: integer('file_id').notNull(),
  place: integer('place').notNull(),
})

export const rotationSchedules = content.table('rotation_schedules', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  contentId: integer('content_id').notNull(),
  rotationType: text('rotation_type', {
    enum: ['TIME_OF_DAY', 'DAY_OF_WEEK', 'DAY_OF_MONTH', 'CRON', 'DAY_PARTS'],
  }).notNull(),
  timeOfDay: time('time_of_day'),
  dayOfWeek: integer('day_of_week'),
  dayOfMonth: integer('day_of_month'),
  cronExpression: text('cron_expression'),
  timeZone: text('time_zone'),
  videoSequence: integer('video_sequence').array().notNull(),
  priority: integer('priority').notNull().default(0),
  currentIndex: integer('current_index').notNull().default(0),
  anchorAt: instant('anchor_at').notNull().defaultNow(),
  anchorIndex: integer('anchor_index').notNull().default(0),
  isActive: boolean('is_active').notNull().default(true),
  lastRotationAt: instant('last_rotation_at'),
  nextRotationAt: instant('next_rotation_at'),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
  dayParts: jsonb('day_parts').$type<readonly DayPart[]>().notNull().default([]),
  startsOn: date('starts_on', { mode: 'string' }),
  endsOn: date('ends_on', { mode: 'string' }),
  exceptedDates: date('excepted_dates', { mode: 'string' }).array().notNull().default([]),
})

/** Hours of some days of the week, and the ids of the videos that play in them. */
interface DayPart {
  readonly weekdays: readonly number[]
  readonly from: string
  readonly to: string
  readonly videoIds: readonly number[]
}

export const videoActivations = content.table('video_activations', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  companyId: integer('company_id').notNull(),
  contentId: integer('content_id').notNull(),
  videoId: integer('video_id'),
  rule: text('rule', { enum: ['MANUAL', 'WINDOW', 'ROTATION', 'DEFAULT', 'NONE'] }).notNull(),
  scheduleId: integer('schedule_id'),
  since: instant('since').notNull(),
  actor: text('actor')
    .notNull()
    .default(sql`coalesce(nullif(current_setting('arv.actor', true), ''), 'nobody')`),
})

export const portraits = content.table('portraits', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  uniqueId: uuid('unique_id').notNull().defaultRandom(),
  imageId: integer('image_id').notNull(),
  ...marker(),
  storageConnectionId: integer('storage_connection_id').notNull(),
  storageFolderId: integer('storage_folder_id'),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
  videoFileId: integer('video_file_id'),
})
