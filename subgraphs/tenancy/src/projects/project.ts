import { invalid, type UserError } from '@arv/subgraph'
import { futureProblem, problemsOf, rangeProblem, textProblem } from '../inputs/field-rules.ts'
import { slugProblem } from '../slugs/slug.ts'

/** What the rules look at in a project to be; null or undefined is what was not given. */
export interface ProjectTerms {
  readonly name: string
  readonly slug: string | null
  readonly description: string | null
  readonly projectType: string | null
  readonly startsAt: Date | null
  readonly expiresAt: Date | null
  readonly notifyBeforeExpiryDays: number | undefined
  readonly tags: readonly string[]
}

const MAX_TAGS = 50
const MAX_TAG_LENGTH = 50

/** What is wrong with a project to be. */
export function projectProblems(project: ProjectTerms, now: Date): UserError[] {
  return problemsOf([
    textProblem('name', project.name, { min: 1, max: 200 }),
    slugProblem('slug', project.slug),
    textProblem('description', project.description, { max: 5000, lines: true }),
    textProblem('projectType', project.projectType, { max: 100 }),
    expiryProblem('expiresAt', project, now),
    rangeProblem('notifyBeforeExpiryDays', project.notifyBeforeExpiryDays, { min: 0, max: 365 }),
    tagsProblem('tags', project.tags),
  ])
}

/** Tags as they are kept: without the spaces around them, each once, in the order given. */
export function tidyTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()))]
}

function expiryProblem(
  field: string,
  { startsAt, expiresAt }: Pick<ProjectTerms, 'startsAt' | 'expiresAt'>,
  now: Date,
): UserError | null {
  if (startsAt !== null && expiresAt !== null && expiresAt <= startsAt) {
    return invalid(field, 'Give a moment after the project begins.')
  }
  return futureProblem(field, expiresAt, now)
}

function tagsProblem(field: string, tags: readonly string[]): UserError | null {
  if (tags.length > MAX_TAGS) return invalid(field, `Give at most ${MAX_TAGS} tags.`)
  const isTag = (tag: string) => textProblem(field, tag, { min: 1, max: MAX_TAG_LENGTH }) === null
  return tags.every(isTag) ? null : invalid(field, `Each tag has 1 to ${MAX_TAG_LENGTH} characters.`)
}
