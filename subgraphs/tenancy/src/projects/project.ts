import { invalid, type UserError } from '@arv/subgraph'
import { futureProblem, problemsOf, rangeProblem, textProblem } from '../inputs/field-rules.ts'
import { slugProblem } from '../slugs/slug.ts'
import type { Project } from './projects.repository.ts'

/** What the rules look at in a project to be, or in changes of one; null or undefined is what was not given. */
export interface ProjectFields {
  readonly name?: string | undefined
  readonly slug?: string | null | undefined
  readonly description?: string | null | undefined
  readonly projectType?: string | null | undefined
  readonly expiresAt?: Date | null | undefined
  readonly notifyBeforeExpiryDays?: number | undefined
  readonly tags?: readonly string[] | undefined
}

/** What fits together or doesn't. */
export interface ProjectPlan {
  readonly subscriptionType: Project['subscriptionType']
  readonly startsAt: Date | null
  readonly expiresAt: Date | null
  readonly autoRenew: boolean
}

const MAX_TAGS = 50
const MAX_TAG_LENGTH = 50

/** What is wrong with the fields of a project to be, or with changes of one, each by itself. */
export function projectProblems(project: ProjectFields, now: Date): UserError[] {
  return problemsOf([
    textProblem('name', project.name, { min: 1, max: 200 }),
    slugProblem('slug', project.slug),
    textProblem('description', project.description, { max: 5000, lines: true }),
    textProblem('projectType', project.projectType, { max: 100 }),
    futureProblem('expiresAt', project.expiresAt, now),
    rangeProblem('notifyBeforeExpiryDays', project.notifyBeforeExpiryDays, { min: 0, max: 365 }),
    tagsProblem('tags', project.tags ?? []),
  ])
}

/** What of a project doesn't fit together. */
export function planProblems({ subscriptionType, startsAt, expiresAt, autoRenew }: ProjectPlan): UserError[] {
  const endsBeforeItBegins = startsAt !== null && expiresAt !== null && expiresAt <= startsAt
  return problemsOf([
    endsBeforeItBegins ? invalid('expiresAt', 'Give a moment after the project begins.') : null,
    subscriptionType === 'LIFETIME' && expiresAt !== null
      ? invalid('expiresAt', 'A LIFETIME project has no end: leave it out, or choose another subscription.')
      : null,
    autoRenew && !isRenewable(subscriptionType)
      ? invalid('autoRenew', 'Only MONTHLY and YEARLY projects are extended by themselves.')
      : null,
  ])
}

/** Whether a project that is paid so can be extended by itself. */
export function isRenewable(
  subscriptionType: Project['subscriptionType'],
): subscriptionType is 'MONTHLY' | 'YEARLY' {
  return subscriptionType === 'MONTHLY' || subscriptionType === 'YEARLY'
}

/** Tags as they are kept: without the spaces around them, each once, in the order given. */
export function tidyTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()))]
}

function tagsProblem(field: string, tags: readonly string[]): UserError | null {
  if (tags.length > MAX_TAGS) return invalid(field, `Give at most ${MAX_TAGS} tags.`)
  const isTag = (tag: string) => textProblem(field, tag, { min: 1, max: MAX_TAG_LENGTH }) === null
  return tags.every(isTag) ? null : invalid(field, `Each tag has 1 to ${MAX_TAG_LENGTH} characters.`)
}
