/** Where a company's subscription is in its life. */
export type SubscriptionStatus = 'ACTIVE' | 'EXPIRING' | 'GRACE' | 'EXPIRED'

const DAY_MS = 86_400_000

/** How long before its end a subscription counts as ending, in days of 24 hours. */
export const SUBSCRIPTION_NOTICE_DAYS = 30

/** How long after its end a company is served as before; `tenancy.subscription_grace()` says the same in SQL. */
export const SUBSCRIPTION_GRACE_DAYS = 7

/**
 * Where a subscription that ends at `expiresAt`, or never, is at an instant. What belongs to a company is shown to
 * visitors until it is EXPIRED. `subscription-status.repository.ts` says the same in SQL.
 */
export function subscriptionStatus(expiresAt: Date | null, instant: Date): SubscriptionStatus {
  if (expiresAt === null) return 'ACTIVE'
  const leftMs = expiresAt.getTime() - instant.getTime()
  if (leftMs > SUBSCRIPTION_NOTICE_DAYS * DAY_MS) return 'ACTIVE'
  if (leftMs > 0) return 'EXPIRING'
  return leftMs > -SUBSCRIPTION_GRACE_DAYS * DAY_MS ? 'GRACE' : 'EXPIRED'
}
