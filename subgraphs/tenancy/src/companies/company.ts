import { invalid, type UserError } from '@arv/subgraph'
import { futureProblem, problemsOf, rangeProblem, textProblem } from '../inputs/field-rules.ts'
import { slugProblem } from '../slugs/slug.ts'

/** What the rules look at in a company to be; null or undefined is what was not given. */
export interface CompanyTerms {
  readonly name: string
  readonly slug: string | null
  readonly contactPhone: string | null
  readonly telegramChatId: string | null
  readonly subscriptionExpiresAt: Date | null
  readonly storageQuotaGb: number | undefined
  readonly projectsLimit: number | undefined
  readonly notes: string | null
}

const COUNT = { min: 0, max: 1_000_000 }
const PHONE = /^\+?[\d\s().\-/]+$/
const MIN_PHONE_DIGITS = 5
// A chat's number (negative for groups) or a public name of 4 to 32 characters.
const TELEGRAM_CHAT = /^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/

/** What is wrong with a company to be. */
export function companyProblems(company: CompanyTerms, now: Date): UserError[] {
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

function phoneProblem(field: string, phone: string | null): UserError | null {
  if (phone === null) return null
  const digits = phone.replaceAll(/\D/g, '').length
  if (phone.length <= 40 && digits >= MIN_PHONE_DIGITS && PHONE.test(phone)) return null
  return invalid(
    field,
    'Give a telephone number, e.g. "+49 30 123456": at least 5 digits, at most 40 characters.',
  )
}

function telegramProblem(field: string, chat: string | null): UserError | null {
  if (chat === null || TELEGRAM_CHAT.test(chat)) return null
  return invalid(field, 'Give the number of a Telegram chat, e.g. "-1001234567890", or its "@name".')
}
