import { isUniqueViolation } from '@arv/database'
import type { Caller } from '@arv/identity'
import { changesOf, type Failure } from '@arv/subgraph'
import { actorOf } from '@arv/subgraph/access'
import type { UpdateProjectInput } from '../__generated__/resolver-types.ts'
import { failureOf } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type ChangedProject, changeProject, saveChanges } from './change-project.ts'
import { SLUG_TAKEN } from './create-project.ts'
import { clearedProjectProblems, readProjectPatch, withLifetime } from './project-patch.ts'
import { planProblems, projectProblems } from './project.ts'

const PLAN = ['subscriptionType', 'startsAt', 'expiresAt', 'autoRenew'] as const

/** Changes what is given of a project. */
export async function updateProject(
  deps: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  input: UpdateProjectInput,
): Promise<ChangedProject | Failure> {
  actorOf(caller)
  const { id, expectedVersion } = input
  const patch = readProjectPatch(input)
  const cleared = clearedProjectProblems(input)
  const named = { id, expectedVersion, action: 'updateProject' } as const
  try {
    return await changeProject<ChangedProject | Failure>(deps, caller, named, async (tx, project) => {
      const changes = changesOf(project, withLifetime(project, patch))
      const problems = [...cleared, ...projectProblems(changes, project.readAt)]
      // What was there before may be older than a rule: it is no obstacle to changing something else.
      if (PLAN.some((field) => field in changes)) problems.push(...planProblems({ ...project, ...changes }))
      return failureOf(problems) ?? saveChanges(tx, deps, project, { action: 'project.update', changes })
    })
  } catch (error) {
    if (isUniqueViolation(error, 'projects_company_id_slug_key')) return SLUG_TAKEN
    throw error
  }
}
