import { integer, pgSchema, text } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

export const gateway = pgSchema('gateway')

/** How much each key has used of what it may. Written by @arv/rate-limits. */
export const rateLimits = gateway.table('rate_limits', {
  key: text('key').primaryKey(),
  points: integer('points').notNull(),
  expiresAt: instant('expires_at').notNull(),
})
