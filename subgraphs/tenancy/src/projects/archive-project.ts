import type { Caller } from '@arv/identity'
import type { Failure } from '@arv/subgraph'
import { actorOf } from '@arv/subgraph/access'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type ChangedProject, changeProject, saveChanges } from './change-project.ts'

/** Puts a project away; one that is in the archive stays as it is. */
export async function archiveProject(
  deps: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  id: string,
): Promise<ChangedProject | Failure> {
  actorOf(caller)
  return changeProject(deps, caller, { id, action: 'archiveProject' }, (tx, project) => {
    const changes = project.archivedAt === null ? { archivedAt: project.readAt } : {}
    return saveChanges(tx, deps, project, { action: 'project.archive', changes })
  })
}
