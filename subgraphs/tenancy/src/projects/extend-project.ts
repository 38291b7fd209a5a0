import type { Caller } from '@arv/identity'
import { conflict, failure, type Failure, invalid } from '@arv/subgraph'
import { actorOf } from '@arv/subgraph/access'
import type { ExtendProjectInput } from '../__generated__/resolver-types.ts'
import { failureOf, problemsOf, rangeProblem } from '../inputs/field-rules.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type ChangedProject, changeProject, saveChanges } from './change-project.ts'
import { extendedExpiry } from './project-term.ts'

const DAYS = { min: 1, max: 3650 }

/** Puts off the end of a project, from now on if it has ended already. */
export async function extendProject(
  deps: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  { id, days, expectedVersion }: ExtendProjectInput,
): Promise<ChangedProject | Failure> {
  actorOf(caller)
  const refused = failureOf(problemsOf([rangeProblem('days', days, DAYS)]))
  if (refused) return refused
  const named = { id, expectedVersion, action: 'extendProject' } as const
  return changeProject<ChangedProject | Failure>(deps, caller, named, async (tx, project) => {
    if (project.archivedAt !== null) return IS_ARCHIVED
    if (project.expiresAt === null) return HAS_NO_END
    const expiresAt = extendedExpiry(project.expiresAt, days, project.readAt)
    if (expiresAt === null) return TOO_FAR
    return saveChanges(tx, deps, project, { action: 'project.extend', changes: { expiresAt } })
  })
}

const IS_ARCHIVED = failure(conflict('id', 'The project is archived: restore it first.'))
const HAS_NO_END = failure(conflict('id', 'The project has no end that could be put off.'))
const TOO_FAR = failure(invalid('days', 'That is beyond the year 9999.'))
