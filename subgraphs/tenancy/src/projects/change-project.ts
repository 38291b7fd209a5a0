import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Action, Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { failure, type Failure, notFound } from '@arv/subgraph'
import { changeCompany, staleVersion } from '@arv/subgraph/access'
import { readAsCaller } from '../read-as-caller.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { changesValidity } from './project-term.ts'
import { findProjects, lockProject, type Project, saveProject } from './projects.repository.ts'

export interface ChangedProject {
  readonly project: Project
  readonly userErrors: []
}

/** The project that an input names, and what is done to it. */
export interface NamedProject {
  /** Its global id, from the input's `id`. */
  readonly id: string
  readonly action: Action
  readonly expectedVersion?: number | null | undefined
}

/** Runs a change of one project as its company's tenant, with its row locked, so that changes come one after the other. */
export async function changeProject<T>(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  { id, action, expectedVersion }: NamedProject,
  change: (tx: WriteTx, project: Project) => Promise<T>,
): Promise<T | Failure> {
  const missing = notFound('id', 'project')
  const projectId = fromGlobalId('Project', id)
  const [known] = await readAsCaller(database, caller, async (tx, tenant) =>
    projectId === null ? [] : findProjects(tx, tenant, [projectId]),
  )
  if (!known) return failure(missing)
  const { companyId } = known
  return changeCompany(database, caller, { companyId, action, missing }, async (tx) => {
    const project = await lockProject(tx, companyId, known.id)
    if (!project) return failure(missing)
    const entity = { entityType: 'Project', entityId: project.id, version: project.version }
    const stale = await staleVersion(tx, expectedVersion, entity)
    return stale ? failure(stale) : change(tx, project)
  })
}

/** What is done to a project, by its name in the audit log. */
export interface ProjectChange {
  readonly action: string
  readonly changes: Partial<Project>
  /** Of a renewal: how many months or years were made up for. */
  readonly periods?: number
}

/**
 * Saves changes of a locked project as its next version, with their audit entry, and the event when visitors see its
 * contents for longer or shorter. Without changes nothing happens.
 */
export async function saveChanges(
  tx: WriteTx,
  { events }: Pick<TenancyDeps, 'events'>,
  project: Project,
  { action, changes, ...details }: ProjectChange,
): Promise<ChangedProject> {
  if (Object.keys(changes).length === 0) return { project, userErrors: [] }
  const saved = await saveProject(tx, project, changes)
  const { id: entityId, version: entityVersion } = saved
  const { renewalAnchorAt: _ours, ...shown } = changes
  await appendAudit(tx, {
    action,
    entityType: 'Project',
    entityId,
    changes: { ...shown, ...details },
    entityVersion,
  })
  if (changesValidity(changes)) {
    const subject = { type: 'project', id: entityId } as const
    await events.append(tx, { type: 'project.validity', subject, payload: {} })
  }
  return { project: saved, userErrors: [] }
}
