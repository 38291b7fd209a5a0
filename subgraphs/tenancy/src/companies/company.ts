import { conflict, invalid, type UserError } from '@arv/subgraph'
import { futureProblem, problemsOf, rangeProblem, textProblem } from '../inputs/field-rules.ts'
import { slugProblem } from '../slugs/slug.ts'

/** What the rules look at in a company to be, or in changes of one; null or undefined is what was not given. */
export interface CompanyFields {
  readonly name?: string | undefined
  readonly slug?: string | null | undefined
  readonly contactPhone?: string | null | undefined
  readonly telegramChatId?: string | null | undefined
  readonly subscriptionExpiresAt?: Date | null | undefined
  readonly storageQuotaGb?: number | undefined
  readonly projectsLimit?: number | undefined
  readonly notes?: string | null | undefined
}

const COUNT = { min: 0, max: 1_000_000 }
const PHONE = /^\+?[\d\s().\-/]+$/
const MIN_PHONE_DIGITS = 5
// A chat's number (negative for groups) or a public name of 4 to 32 characters.
const TELEGRAM_CHAT = /^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/

/** What is wrong with a company to be, or with changes of one. */
export function companyProblems(company: CompanyFields, now: Date): UserError[] {
  return problemsOf([
    textProblem('name', company.name, { min: 1, max: 200 }),
    slugProblem('slug', company.slug),
    phoneProblem('contactPhone', company.contactPhone),
    telegramProblem('telegramChatId', company.telegramChatId),
    futureProblem('subscriptionExpiresAt', company.subscriptionExpiresAt, now),
    rangeProblem('storageQuotaGb', company.storageQuotaGb, COUNT),
    rangeProblem('projectsLimit', company.projectsLimit, COUNT),
    textProblem('notes', company.notes, { max: 5000, lines: true }),
  ])
}

/** What may not be changed in the company that the platform itself came with. */
export function defaultCompanyProblems(changes: {
  readonly slug?: string
  readonly isActive?: boolean
  readonly subscriptionExpiresAt?: Date | null
}): UserError[] {
  const { slug, isActive, subscriptionExpiresAt } = changes
  return problemsOf([
    slug === undefined ? null : conflict('slug', 'The platform’s own company keeps its slug.'),
    isActive === false ? conflict('isActive', 'The platform’s own company stays in use.') : null,
    subscriptionExpiresAt == null
      ? null
      : conflict('subscriptionExpiresAt', 'The platform’s own company has no subscription that ends.'),
  ])
}

function phoneProblem(field: string, phone: string | null | undefined): UserError | null {
  if (phone == null) return null
  const digits = phone.replaceAll(/\D/g, '').length
  if (phone.length <= 40 && digits >= MIN_PHONE_DIGITS && PHONE.test(phone)) return null
  return invalid(
    field,
    'Give a telephone number, e.g. "+49 30 123456": at least 5 digits, at most 40 characters.',
  )
}

function telegramProblem(field: string, chat: string | null | undefined): UserError | null {
  if (chat == null || TELEGRAM_CHAT.test(chat)) return null
  return invalid(field, 'Give the number of a Telegram chat, e.g. "-1001234567890", or its "@name".')
}
