import { boolean, integer, pgSchema, primaryKey, text, bigint, uuid } from 'drizzle-orm/pg-core'
import { bytea, createdAt, instant, metadata, updatedAt } from './columns.ts'

export const tenancy = pgSchema('tenancy')

export const users = tenancy.table('users', {
  id: integer('id').primaryKey().generatedByDefaultAsIdentity(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  passwordHash: text('password_hash'),
  isPlatformAdmin: boolean('is_platform_admin').notNull().default(false),
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
    purpose: text('purpose', { enum: ['SIGN_IN', 'REFRESH'] }).notNull(),
    account: bytea('account').notNull(),
    network: text('network').notNull(),
    failures: integer('failures').notNull().default(0),
    blockedUntil: instant('blocked_until'),
    succeededAt: instant('succeeded_at'),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.purpose, table.account, table.network] })],
)

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
  emailSent: boolean('email_sent').notNull().default(false),
  emailSentAt: instant('email_sent_at'),
  emailError: text('email_error'),
  telegramSent: boolean('telegram_sent').notNull().default(false),
  telegramSentAt: instant('telegram_sent_at'),
  telegramError: text('telegram_error'),
  metadata: metadata(),
  createdAt: createdAt(),
})
