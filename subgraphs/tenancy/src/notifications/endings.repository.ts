import type { Tx } from '@arv/database'
import { companies, projects } from '@arv/drizzle/schema/tenancy'
import { and, asc, eq, gt, inArray, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { SUBSCRIPTION_GRACE_DAYS, SUBSCRIPTION_NOTICE_DAYS } from '../companies/subscription-status.ts'
import { readInstant } from '../visible-rows.repository.ts'
import { NEWS_DAYS } from './due-stage.ts'

const readAt = readInstant.mapWith(companies.createdAt).as('read_at')

/** A day at nine o'clock is up to a day and a half from the same number of days of 24 hours. */
const SLACK_DAYS = 2

/**
 * Projects, by id, that may have to be told of: their notice has come, and their end is not long ago. `due-stage.ts`
 * says which are. One that renews itself is not ending, unless its renewal failed to come.
 */
export function findEndingProjects(tx: Tx, afterId: number, limit: number) {
  const renewsItself = and(
    eq(projects.autoRenew, true),
    inArray(projects.subscriptionType, ['MONTHLY', 'YEARLY']),
    gt(projects.expiresAt, sql`now() - interval '1 hour'`),
  )
  return tx.drizzle
    .select({
      id: projects.id,
      companyId: projects.companyId,
      name: projects.name,
      expiresAt: sql`${projects.expiresAt}`.mapWith(companies.createdAt),
      noticeDays: projects.notifyBeforeExpiryDays,
      companyName: companies.name,
      timeZone: companies.timeZone,
      readAt,
    })
    .from(projects)
    .innerJoin(companies, eq(companies.id, projects.companyId))
    .where(
      and(
        gt(projects.id, afterId),
        eq(companies.isActive, true),
        isNull(projects.archivedAt),
        gt(projects.expiresAt, daysFromNow(sql`-${NEWS_DAYS + SLACK_DAYS}::int`)),
        lte(projects.expiresAt, daysFromNow(sql`(${projects.notifyBeforeExpiryDays} + ${SLACK_DAYS}::int)`)),
        sql`(${renewsItself}) is not true`,
      ),
    )
    .orderBy(asc(projects.id))
    .limit(limit)
}

export type EndingProject = Awaited<ReturnType<typeof findEndingProjects>>[number]

/** The same of subscriptions, by their company's id. */
export function findEndingSubscriptions(tx: Tx, afterId: number, limit: number) {
  const until = SUBSCRIPTION_NOTICE_DAYS + SLACK_DAYS
  const since = SUBSCRIPTION_GRACE_DAYS + NEWS_DAYS + SLACK_DAYS
  return tx.drizzle
    .select({
      id: companies.id,
      companyId: companies.id,
      companyName: companies.name,
      timeZone: companies.timeZone,
      expiresAt: sql`${companies.subscriptionExpiresAt}`.mapWith(companies.createdAt),
      readAt,
    })
    .from(companies)
    .where(
      and(
        gt(companies.id, afterId),
        eq(companies.isActive, true),
        gt(companies.subscriptionExpiresAt, daysFromNow(sql`-${since}::int`)),
        lte(companies.subscriptionExpiresAt, daysFromNow(sql`${until}::int`)),
      ),
    )
    .orderBy(asc(companies.id))
    .limit(limit)
}

export type EndingSubscription = Awaited<ReturnType<typeof findEndingSubscriptions>>[number]

function daysFromNow(days: SQL): SQL {
  return sql`(now() + make_interval(hours => 24 * (${days})))`
}
