import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, limitReached, notFound } from '@arv/subgraph'
import { actorOf, changeCompany } from '@arv/subgraph/access'
import type { CreateProjectInput } from '../__generated__/resolver-types.ts'
import { failureOf, textOrNull } from '../inputs/field-rules.ts'
import { freeSlug, slugFrom, slugStem } from '../slugs/slug.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { projectProblems, tidyTags } from './project.ts'
import {
  findProjectSlugs,
  insertProject,
  lockProjectsLimit,
  type Project,
  takeProjectId,
} from './projects.repository.ts'

interface CreatedProject {
  readonly project: Project
  readonly userErrors: []
}

type Draft = ReturnType<typeof readDraft>

/** Makes a project, if the company may have one more. */
export async function createProject(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  input: CreateProjectInput,
): Promise<CreatedProject | Failure> {
  actorOf(caller)
  const draft = readDraft(input)
  const refused = failureOf(projectProblems(draft, new Date()))
  if (refused) return refused
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return failure(missing)

  return changeCompany(database, caller, { companyId, action: 'createProject', missing }, async (tx) => {
    // Whoever creates another one waits here, so that the count and the free slug stay true until the end.
    const { limit, used } = await lockProjectsLimit(tx, companyId)
    if (used >= limit)
      return failure(limitReached(null, `The company may have ${limit} projects, and has them.`))
    const project = await addProject(tx, companyId, draft)
    if (!project) return failure(conflict('slug', 'Another project of the company has this slug.'))
    const { id, name, slug } = project
    await appendAudit(tx, {
      action: 'project.create',
      entityType: 'Project',
      entityId: id,
      changes: { name, slug },
    })
    return { project, userErrors: [] }
  })
}

function readDraft(input: CreateProjectInput) {
  return {
    name: input.name.trim(),
    slug: input.slug ?? null,
    description: textOrNull(input.description),
    projectType: textOrNull(input.projectType),
    subscriptionType: input.subscriptionType ?? undefined,
    startsAt: input.startsAt ?? null,
    expiresAt: input.expiresAt ?? null,
    autoRenew: input.autoRenew ?? undefined,
    notifyBeforeExpiryDays: input.notifyBeforeExpiryDays ?? undefined,
    tags: tidyTags(input.tags ?? []),
    metadata: input.metadata ?? undefined,
  }
}

/** Undefined when the given slug is taken; one that is made from the name gets a number then. */
async function addProject(tx: WriteTx, companyId: number, draft: Draft): Promise<Project | undefined> {
  const id = await takeProjectId(tx)
  const slug = draft.slug ?? (await deriveSlug(tx, companyId, draft.name))
  return insertProject(tx, {
    ...draft,
    id,
    companyId,
    slug,
    folderPath: `projects/${id}-${slug}`,
  })
}

async function deriveSlug(tx: WriteTx, companyId: number, name: string): Promise<string> {
  const slug = slugFrom(name, 'project')
  return freeSlug(slug, await findProjectSlugs(tx, companyId, slugStem(slug)))
}
