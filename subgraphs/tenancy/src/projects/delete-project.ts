import { isForeignKeyViolation } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { toGlobalId } from '@arv/relay'
import { conflict, failure, type Failure } from '@arv/subgraph'
import { actorOf } from '@arv/subgraph/access'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { changeProject } from './change-project.ts'
import { removeProject } from './projects.repository.ts'

interface DeletedProject {
  readonly deletedProjectId: string
  readonly userErrors: []
}

/** Deletes a project that nothing belongs to: the other subgraphs' foreign keys know. */
export async function deleteProject(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  id: string,
): Promise<DeletedProject | Failure> {
  actorOf(caller)
  try {
    return await changeProject({ database }, caller, { id, action: 'deleteProject' }, async (tx, project) => {
      await removeProject(tx, project)
      const { id: entityId, name, slug } = project
      const changes = { name, slug }
      await appendAudit(tx, { action: 'project.delete', entityType: 'Project', entityId, changes })
      return { deletedProjectId: toGlobalId('Project', entityId), userErrors: [] }
    })
  } catch (error) {
    if (isForeignKeyViolation(error, 'ar_contents_company_id_project_id_fkey')) return HAS_CONTENTS
    if (isForeignKeyViolation(error, 'assets_company_id_project_id_fkey')) return HAS_FILES
    throw error
  }
}

const HAS_CONTENTS = failure(
  conflict(
    'id',
    'Contents belong to this project: delete them first, or archive the project. Those that were deleted count, too, until they can’t be restored any more; an owner can delete them permanently before.',
  ),
)
const HAS_FILES = failure(
  conflict(
    'id',
    'Files belong to this project: its `assets` lists them. Delete each with deleteAsset first, which says what uses one that must stay; or archive the project.',
  ),
)
