import type { Caller } from '@arv/identity'
import type { Failure } from '@arv/subgraph'
import { actorOf } from '@arv/subgraph/access'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { type ChangedProject, changeProject, saveChanges } from './change-project.ts'
import { refusalOfOneMore } from './projects-limit.ts'

/** Takes a project out of the archive, if its company may have one more; one that isn't there stays as it is. */
export async function restoreProject(
  deps: Pick<TenancyDeps, 'database' | 'events'>,
  caller: Caller,
  id: string,
): Promise<ChangedProject | Failure> {
  actorOf(caller)
  return changeProject<ChangedProject | Failure>(
    deps,
    caller,
    { id, action: 'restoreProject' },
    async (tx, project) => {
      if (project.archivedAt === null) return { project, userErrors: [] }
      const refused = await refusalOfOneMore(tx, project.companyId)
      const changes = { archivedAt: null }
      return refused ?? saveChanges(tx, deps, project, { action: 'project.restore', changes })
    },
  )
}
