import { companies } from '@arv/drizzle/schema/tenancy'
import { and, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import { SUBSCRIPTION_NOTICE_DAYS, type SubscriptionStatus } from './subscription-status.ts'

const { subscriptionExpiresAt } = companies

/** `subscriptionStatus` as a condition: the companies whose subscription has this status at an instant, which is SQL. */
export function hasSubscriptionStatus(status: SubscriptionStatus, instant: SQL): SQL | undefined {
  // In hours: a day of an interval is a calendar day of the session's time zone.
  const noticeFrom = sql`(${instant} + make_interval(hours => ${24 * SUBSCRIPTION_NOTICE_DAYS}))`
  const graceFrom = sql`(${instant} - tenancy.subscription_grace())`
  switch (status) {
    case 'ACTIVE':
      return or(isNull(subscriptionExpiresAt), gt(subscriptionExpiresAt, noticeFrom))
    case 'EXPIRING':
      return and(gt(subscriptionExpiresAt, instant), lte(subscriptionExpiresAt, noticeFrom))
    case 'GRACE':
      return and(gt(subscriptionExpiresAt, graceFrom), lte(subscriptionExpiresAt, instant))
    case 'EXPIRED':
      return lte(subscriptionExpiresAt, graceFrom)
  }
}
