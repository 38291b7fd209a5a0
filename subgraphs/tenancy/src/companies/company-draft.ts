import { fromGlobalId } from '@arv/relay'
import type { CreateCompanyInput } from '../__generated__/resolver-types.ts'
import { textOrNull } from '../inputs/field-rules.ts'

/** A company to be, as it will be kept; undefined is what the database has a default for. */
export type CompanyDraft = ReturnType<typeof readCompanyDraft>

export function readCompanyDraft(input: CreateCompanyInput) {
  return {
    name: input.name.trim(),
    slug: input.slug ?? null,
    contactEmail: input.contactEmail ?? null,
    contactPhone: textOrNull(input.contactPhone),
    telegramChatId: textOrNull(input.telegramChatId),
    timeZone: input.timeZone ?? undefined,
    subscriptionTier: input.subscriptionTier ?? undefined,
    subscriptionExpiresAt: input.subscriptionExpiresAt ?? null,
    storageQuotaGb: input.storageQuotaGb ?? undefined,
    projectsLimit: input.projectsLimit ?? undefined,
    notes: textOrNull(input.notes),
    metadata: input.metadata ?? undefined,
  }
}

/** Null for the default connection. */
export function readConnectionId({ storageConnectionId }: CreateCompanyInput): number | null | 'unknown' {
  if (storageConnectionId == null) return null
  return fromGlobalId('StorageConnection', storageConnectionId) ?? 'unknown'
}
