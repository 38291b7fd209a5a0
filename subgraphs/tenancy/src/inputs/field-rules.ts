import { failure, type Failure, invalid, type UserError } from '@arv/subgraph'

/** What a text may be. Lengths are in Unicode characters, as PostgreSQL counts them. */
export interface TextRule {
  readonly min?: number
  readonly max: number
  /** Whether it may have several lines. */
  readonly lines?: boolean
}

const CONTROL = /\p{Cc}/u
const CONTROL_BUT_LINES = /[^\P{Cc}\t\n\r]/u

/** A text that is not acceptable; null when it is, or when there is none. */
export function textProblem(
  field: string,
  text: string | null | undefined,
  rule: TextRule,
): UserError | null {
  if (text == null) return null
  const tooLongOrShort = lengthProblem(field, text, rule)
  if (tooLongOrShort) return tooLongOrShort
  if (!text.isWellFormed()) return invalid(field, 'Leave out the character that isn’t valid Unicode.')
  return isPlain(text, rule.lines) ? null : invalid(field, 'Leave out control characters.')
}

/** A text of the wrong length, whatever it holds; null when the length is right. */
export function lengthProblem(field: string, text: string, { min = 0, max }: TextRule): UserError | null {
  const { length } = Array.from(text)
  if (length >= min && length <= max) return null
  return invalid(field, min > 0 ? `Give ${min} to ${max} characters.` : `Give at most ${max} characters.`)
}

/** Whether a text has no control characters, which PostgreSQL (NUL) or a reader could not take. */
export function isPlain(text: string, lines = false): boolean {
  return text.isWellFormed() && !(lines ? CONTROL_BUT_LINES : CONTROL).test(text)
}

/** A whole number outside its range; null when it is inside, or when there is none. */
export function rangeProblem(
  field: string,
  value: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): UserError | null {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return null
  return invalid(field, `Give a whole number from ${min} to ${max}.`)
}

/** A moment that is not in the future; null when it is, or when there is none. */
export function futureProblem(field: string, moment: Date | null | undefined, now: Date): UserError | null {
  return moment == null || moment > now ? null : invalid(field, 'Give a moment in the future.')
}

/** A text without the spaces around it; a form that sends nothing but spaces means nothing. */
export function textOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}

/** The problems among the outcomes of checks. */
export function problemsOf(outcomes: readonly (UserError | null)[]): UserError[] {
  return outcomes.filter((outcome) => outcome !== null)
}

/** The payload that says what is wrong; undefined when nothing is. */
export function failureOf(problems: readonly UserError[]): Failure | undefined {
  const [first, ...others] = problems
  return first && failure(first, ...others)
}
