import { asGiven, clearable, clearedProblems, kept, plainObject, type UserError } from '@arv/subgraph'
import type { UpdateProjectInput } from '../__generated__/resolver-types.ts'
import { textOrNull } from '../inputs/field-rules.ts'
import { tidyTags } from './project.ts'
import type { Project } from './projects.repository.ts'

/** Changes of a project as they will be kept; undefined is what stays. */
export type ProjectPatch = ReturnType<typeof readProjectPatch>

export function readProjectPatch(input: UpdateProjectInput) {
  return {
    name: kept(input.name, (name) => name.trim()),
    slug: kept(input.slug, asGiven),
    description: clearable(input.description, textOrNull),
    projectType: clearable(input.projectType, textOrNull),
    subscriptionType: kept(input.subscriptionType, asGiven),
    startsAt: clearable(input.startsAt, asGiven),
    expiresAt: clearable(input.expiresAt, asGiven),
    autoRenew: kept(input.autoRenew, asGiven),
    notifyBeforeExpiryDays: kept(input.notifyBeforeExpiryDays, asGiven),
    tags: kept(input.tags, tidyTags),
    metadata: kept(input.metadata, plainObject),
  }
}

/** What the input clears and may not. */
export function clearedProjectProblems(input: UpdateProjectInput): UserError[] {
  return clearedProblems(input, [
    'name',
    'slug',
    'subscriptionType',
    'autoRenew',
    'notifyBeforeExpiryDays',
    'tags',
    'metadata',
  ])
}

/** Who makes a project LIFETIME means that it has no end any more, and nothing to renew, unless they say otherwise. */
export function withLifetime(project: Project, patch: ProjectPatch): ProjectPatch {
  const becomesLifetime = patch.subscriptionType === 'LIFETIME' && project.subscriptionType !== 'LIFETIME'
  if (!becomesLifetime) return patch
  return { ...patch, expiresAt: patch.expiresAt ?? null, autoRenew: patch.autoRenew ?? false }
}
