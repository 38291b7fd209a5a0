import { boolean, integer, pgSchema, primaryKey, text, bigint, uuid } from 'drizzle-orm/pg-core'
import { bytea, createdAt, instant, metadata, updatedAt } from './columns.ts'

export const tenancy = pgSchema('tenancy')

export const users = tenancy.table('users', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  passwordHash: text('password_hash'),
  isPlatformAdmin: boolean('is_platform_admin').notNull().default(false),
  emailConfirmedAt: instant('email_confirmed_at'),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

export const companies = tenancy.table('companies', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  contactEmail: text('contact_email'),
  contactPhone: text('contact_phone'),
  telegramChatId: text('telegram_chat_id'),
  telegramBlockedChatId: text('telegram_blocked_chat_id'),
  timeZone: text('time_zone').notNull().default('UTC'),
  storageConnectionId: integer('storage_connection_id').notNull(),
  subscriptionTier: text('subscription_tier', { enum: ['BASIC', 'STANDARD', 'PREMIUM', 'ENTERPRISE'] })
    .notNull()
    .default('BASIC'),
  subscriptionExpiresAt: instant('subscription_expires_at'),
  storageQuotaGb: integer('storage_quota_gb').notNull().default(10),
  projectsLimit: integer('projects_limit').notNull().default(50),
  isActive: boolean('is_active').notNull().default(true),
  isDefault: boolean('is_default').notNull().default(false),
  erasedAt: instant('erased_at'),
  notes: text('notes'),
  metadata: metadata(),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
  createdBy: integer('created_by'),
})

export const memberships = tenancy.table('memberships', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  userId: integer('user_id').notNull(),
  role: text('role', { enum: ['OWNER', 'EDITOR', 'VIEWER'] }).notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

export const apiKeys = tenancy.table('api_keys', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  name: text('name').notNull(),
  prefix: text('prefix').notNull(),
  secretHash: bytea('secret_hash').notNull(),
  role: text('role', { enum: ['OWNER', 'EDITOR', 'VIEWER'] }).notNull(),
  createdBy: integer('created_by'),
  createdAt: createdAt(),
  expiresAt: instant('expires_at'),
  revokedAt: instant('revoked_at'),
  lastUsedAt: instant('last_used_at'),
})

export const refreshTokens = tenancy.table('refresh_tokens', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  userId: integer('user_id').notNull(),
  familyId: uuid('family_id').notNull(),
  tokenHash: bytea('token_hash').notNull(),
  createdAt: createdAt(),
  expiresAt: instant('expires_at').notNull(),
  spentAt: instant('spent_at'),
  revokedAt: instant('revoked_at'),
})

/** How often somebody failed to prove who they are. Without an account, or without a network, `''` stands in its place. */
export const signInAttempts = tenancy.table(
  'sign_in_attempts',
  {
    purpose: text('purpose', { enum: ['SIGN_IN', 'REFRESH', 'RESET'] }).notNull(),
    account: bytea('account').notNull(),
    network: text('network').notNull(),
    failures: integer('failures').notNull().default(0),
    blockedUntil: instant('blocked_until'),
    succeededAt: instant('succeeded_at'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.purpose, table.account, table.network] })],
)

/** Links by which somebody sets a new password: asked for with an address, then mailed to whoever has it. */
export const passwordResets = tenancy.table('password_resets', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  requestedAt: instant('requested_at').notNull().defaultNow(),
  email: text('email'),
  userId: integer('user_id'),
  tokenHash: bytea('token_hash'),
  expiresAt: instant('expires_at').notNull(),
})

/** Who somebody is at an issuer of tokens elsewhere. */
export const externalIdentities = tenancy.table('external_identities', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  issuer: text('issuer').notNull(),
  subject: text('subject').notNull(),
  userId: integer('user_id').notNull(),
  linkedAt: instant('linked_at').notNull().defaultNow(),
})

export const projects = tenancy.table('projects', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  description: text('description'),
  projectType: text('project_type'),
  subscriptionType: text('subscription_type', { enum: ['MONTHLY', 'YEARLY', 'LIFETIME', 'CUSTOM'] })
    .notNull()
    .default('MONTHLY'),
  folderPath: text('folder_path').notNull(),
  startsAt: instant('starts_at'),
  expiresAt: instant('expires_at'),
  autoRenew: boolean('auto_renew').notNull().default(false),
  renewalAnchorAt: instant('renewal_anchor_at'),
  archivedAt: instant('archived_at'),
  notifyBeforeExpiryDays: integer('notify_before_expiry_days').notNull().default(7),
  lastNotificationSentAt: instant('last_notification_sent_at'),
  tags: text('tags').array().notNull().default([]),
  metadata: metadata(),
  version: integer('version').notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

export const notifications = tenancy.table('notifications', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  companyId: integer('company_id').notNull(),
  projectId: integer('project_id'),
  contentId: integer('content_id'),
  cause: text('cause'),
  notificationType: text('notification_type', {
    enum: [
      'PROJECT_EXPIRING',
      'PROJECT_EXPIRED',
      'SUBSCRIPTION_EXPIRING',
      'SUBSCRIPTION_EXPIRED',
      'QUOTA_REACHED',
      'MARKER_FAILED',
      'STORAGE_TEST_FAILED',
    ],
  }).notNull(),
  subject: text('subject').notNull(),
  message: text('message').notNull(),
  metadata: metadata(),
  createdAt: createdAt(),
})

/** How a notification goes out by each channel; migration 0017 says what the columns mean. */
export const notificationDeliveries = tenancy.table(
  'notification_deliveries',
  {
    companyId: integer('company_id').notNull(),
    notificationId: integer('notification_id').notNull(),
    channel: text('channel', { enum: ['EMAIL', 'TELEGRAM'] }).notNull(),
    state: text('state', { enum: ['WAITING', 'SENT', 'FAILED', 'SKIPPED'] })
      .notNull()
      .default('WAITING'),
    attempts: integer('attempts').notNull().default(0),
    startedAt: instant('started_at').notNull().defaultNow(),
    nextAttemptAt: instant('next_attempt_at').defaultNow(),
    sendingSince: instant('sending_since'),
    inDoubt: boolean('in_doubt').notNull().default(false),
    sentAt: instant('sent_at'),
    error: text('error'),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.notificationId, table.channel] })],
)
