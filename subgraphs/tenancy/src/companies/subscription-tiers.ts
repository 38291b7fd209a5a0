import type { Company } from './companies.repository.ts'

export type SubscriptionTier = Company['subscriptionTier']

/** What a tier holds, unless agreed otherwise with a company. */
export interface TierTerms {
  readonly projectsLimit: number
  readonly storageQuotaGb: number
}

/** The one place that says so, the smallest first. */
export const SUBSCRIPTION_TIERS: Readonly<Record<SubscriptionTier, TierTerms>> = {
  BASIC: { projectsLimit: 50, storageQuotaGb: 10 },
  STANDARD: { projectsLimit: 200, storageQuotaGb: 100 },
  PREMIUM: { projectsLimit: 1_000, storageQuotaGb: 1_000 },
  ENTERPRISE: { projectsLimit: 10_000, storageQuotaGb: 10_000 },
}

export function listSubscriptionTiers(): ({ readonly tier: SubscriptionTier } & TierTerms)[] {
  return TIERS.map((tier) => ({ tier, ...SUBSCRIPTION_TIERS[tier] }))
}

const TIERS = ['BASIC', 'STANDARD', 'PREMIUM', 'ENTERPRISE'] as const
