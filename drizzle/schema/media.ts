import { bigint, bit, boolean, doublePrecision, integer, pgSchema, text, uuid } from 'drizzle-orm/pg-core'
import { createdAt, instant, metadata, updatedAt } from './columns.ts'

export const media = pgSchema('media')

export const storageConnections = media.table('storage_connections', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  provider: text('provider', { enum: ['LOCAL_DISK', 'MINIO', 'YANDEX_DISK'] }).notNull(),
  credentials: text('credentials'),
  basePath: text('base_path').notNull().default(''),
  isDefault: boolean('is_default').notNull().default(false),
  isActive: boolean('is_active').notNull().default(true),
  lastTestedAt: instant('last_tested_at'),
  testStatus: text('test_status', { enum: ['UNTESTED', 'OK', 'FAILED'] })
    .notNull()
    .default('UNTESTED'),
  testError: text('test_error'),
  metadata: metadata(),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
  createdBy: integer('created_by'),
})

export const storageFolders = media.table('storage_folders', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  name: text('name').notNull(),
  path: text('path').notNull(),
  folderType: text('folder_type', { enum: ['IMAGES', 'VIDEOS', 'MARKERS', 'PORTRAITS', 'OTHER'] }).notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

export const assets = media.table('assets', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  projectId: integer('project_id'),
  folderId: integer('folder_id'),
  publicId: uuid('public_id').notNull().defaultRandom(),
  kind: text('kind', { enum: ['IMAGE', 'VIDEO', 'THUMBNAIL', 'POSTER', 'MARKER', 'CAPTIONS'] }).notNull(),
  status: text('status', { enum: ['PROCESSING', 'READY', 'FAILED'] }).notNull(),
  storageConnectionId: integer('storage_connection_id').notNull(),
  fileName: text('file_name').notNull(),
  path: text('path').notNull(),
  mimeType: text('mime_type').notNull(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  width: integer('width'),
  height: integer('height'),
  durationSeconds: doublePrecision('duration_seconds'),
  checksumSha256: text('checksum_sha256'),
  thumbnailId: integer('thumbnail_id'),
  metadata: metadata(),
  createdAt: createdAt(),
  createdBy: integer('created_by'),
  perceptualHash: bit('perceptual_hash', { dimensions: 64 }),
})

export const storageUsage = media.table('storage_usage', {
  companyId: integer('company_id').primaryKey(),
  storageConnectionId: integer('storage_connection_id').notNull(),
  storagePath: text('storage_path').notNull(),
  usedBytes: bigint('used_bytes', { mode: 'number' }).notNull().default(0),
  reservedBytes: bigint('reserved_bytes', { mode: 'number' }).notNull().default(0),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

export const storageReservations = media.table('storage_reservations', {
  id: uuid('id').primaryKey().defaultRandom(),
  companyId: integer('company_id').notNull(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  createdAt: createdAt(),
  expiresAt: instant('expires_at').notNull(),
})

export const unsettledFiles = media.table('unsettled_files', {
  id: uuid('id').primaryKey().defaultRandom(),
  companyId: integer('company_id').notNull(),
  storageConnectionId: integer('storage_connection_id').notNull(),
  path: text('path').notNull(),
  removeAfter: instant('remove_after').notNull(),
})

/** Everything of a company as one archive, which is kept for some days. */
export const companyExports = media.table('company_exports', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  status: text('status', { enum: ['GATHERING', 'WRITING', 'COMPLETED', 'FAILED', 'REMOVED'] })
    .notNull()
    .default('GATHERING'),
  progress: integer('progress').notNull().default(0),
  errorCode: text('error_code', { enum: ['STORAGE_FAILED', 'INTERNAL'] }),
  requestedBy: integer('requested_by'),
  requestedAt: instant('requested_at').notNull().defaultNow(),
  startedAt: instant('started_at'),
  finishedAt: instant('finished_at'),
  writer: uuid('writer'),
  storageConnectionId: integer('storage_connection_id').notNull(),
  path: text('path').notNull(),
  publicId: uuid('public_id').notNull().defaultRandom(),
  fileName: text('file_name').notNull(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }),
  checksumSha256: text('checksum_sha256'),
  expiresAt: instant('expires_at'),
})
