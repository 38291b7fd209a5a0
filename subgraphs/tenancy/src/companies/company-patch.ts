import { asGiven, clearable, clearedProblems, kept, plainObject, type UserError } from '@arv/subgraph'
import type { UpdateCompanyInput } from '../__generated__/resolver-types.ts'
import { textOrNull } from '../inputs/field-rules.ts'
import type { Company } from './companies.repository.ts'
import { SUBSCRIPTION_TIERS } from './subscription-tiers.ts'

/** Changes of a company as they will be kept; undefined is what stays. */
export type CompanyPatch = ReturnType<typeof readCompanyPatch>

/** What is for the platform's administrators: it decides what a company gets and pays. */
export const TERMS = [
  'subscriptionTier',
  'subscriptionExpiresAt',
  'storageQuotaGb',
  'projectsLimit',
  'isActive',
  'notes',
  'storageConnectionId',
] as const satisfies readonly (keyof Company)[]

/** Everything but where the files are kept, which is asked for first. */
export function readCompanyPatch(input: UpdateCompanyInput) {
  return {
    name: kept(input.name, (name) => name.trim()),
    slug: kept(input.slug, asGiven),
    contactEmail: clearable(input.contactEmail, asGiven),
    contactPhone: clearable(input.contactPhone, textOrNull),
    telegramChatId: clearable(input.telegramChatId, textOrNull),
    timeZone: kept(input.timeZone, asGiven),
    subscriptionTier: kept(input.subscriptionTier, asGiven),
    subscriptionExpiresAt: clearable(input.subscriptionExpiresAt, asGiven),
    storageQuotaGb: kept(input.storageQuotaGb, asGiven),
    projectsLimit: kept(input.projectsLimit, asGiven),
    isActive: kept(input.isActive, asGiven),
    notes: clearable(input.notes, textOrNull),
    metadata: kept(input.metadata, plainObject),
  }
}

/** What the input clears and may not. */
export function clearedCompanyProblems(input: UpdateCompanyInput): UserError[] {
  return clearedProblems(input, [
    'name',
    'slug',
    'timeZone',
    'storageConnectionId',
    'subscriptionTier',
    'storageQuotaGb',
    'projectsLimit',
    'isActive',
    'metadata',
  ])
}

/** Another tier brings its own quota and limit, unless they are given, too. */
export function withTierTerms(company: Company, patch: CompanyPatch): CompanyPatch {
  const { subscriptionTier, projectsLimit, storageQuotaGb } = patch
  if (subscriptionTier === undefined || subscriptionTier === company.subscriptionTier) return patch
  const terms = SUBSCRIPTION_TIERS[subscriptionTier]
  return {
    ...patch,
    projectsLimit: projectsLimit ?? terms.projectsLimit,
    storageQuotaGb: storageQuotaGb ?? terms.storageQuotaGb,
  }
}
