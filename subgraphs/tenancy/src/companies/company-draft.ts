import { fromGlobalId } from '@arv/relay'
import type { CreateCompanyInput } from '../__generated__/resolver-types.ts'
import { textOrNull } from '../inputs/field-rules.ts'
import { SUBSCRIPTION_TIERS } from './subscription-tiers.ts'

/** A company to be, as it will be kept; undefined is what the database has a default for. */
export type CompanyDraft = ReturnType<typeof readCompanyDraft>

export function readCompanyDraft(input: CreateCompanyInput) {
  const subscriptionTier = input.subscriptionTier ?? 'BASIC'
  const terms = SUBSCRIPTION_TIERS[subscriptionTier]
  return {
    name: input.name.trim(),
    slug: input.slug ?? null,
    contactEmail: input.contactEmail ?? null,
    contactPhone: textOrNull(input.contactPhone),
    telegramChatId: textOrNull(input.telegramChatId),
    timeZone: input.timeZone ?? undefined,
    subscriptionTier,
    subscriptionExpiresAt: input.subscriptionExpiresAt ?? null,
    storageQuotaGb: input.storageQuotaGb ?? terms.storageQuotaGb,
    projectsLimit: input.projectsLimit ?? terms.projectsLimit,
    notes: textOrNull(input.notes),
    metadata: input.metadata ?? undefined,
  }
}

/** Null for none, which at creation means the default one. */
export function readConnectionId({
  storageConnectionId,
}: Pick<CreateCompanyInput, 'storageConnectionId'>): number | null | 'unknown' {
  if (storageConnectionId == null) return null
  return fromGlobalId('StorageConnection', storageConnectionId) ?? 'unknown'
}
