import type { WriteTx } from '@arv/database'
import { appendAudit } from '@arv/events'
import type { Caller } from '@arv/identity'
import { fromGlobalId } from '@arv/relay'
import { conflict, failure, type Failure, notFound } from '@arv/subgraph'
import { actorOf, changeCompany } from '@arv/subgraph/access'
import type { CreateProjectInput } from '../__generated__/resolver-types.ts'
import { failureOf, textOrNull } from '../inputs/field-rules.ts'
import { freeSlug, slugFrom, slugStem } from '../slugs/slug.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { planProblems, projectProblems, tidyTags } from './project.ts'
import { refusalOfOneMore } from './projects-limit.ts'
import { findProjectSlugs, insertProject, type Project, takeProjectId } from './projects.repository.ts'

interface CreatedProject {
  readonly project: Project
  readonly userErrors: []
}

export const SLUG_TAKEN = failure(conflict('slug', 'Another project of the company has this slug.'))

type Draft = ReturnType<typeof readDraft>

/** Makes a project, if the company may have one more. */
export async function createProject(
  { database }: Pick<TenancyDeps, 'database'>,
  caller: Caller,
  input: CreateProjectInput,
): Promise<CreatedProject | Failure> {
  actorOf(caller)
  const draft = readDraft(input)
  const problems = projectProblems(draft, new Date())
  const refused = failureOf(problems.length > 0 ? problems : planProblems(draft))
  if (refused) return refused
  const missing = notFound('companyId', 'company')
  const companyId = fromGlobalId('Company', input.companyId)
  if (companyId === null) return failure(missing)

  return changeCompany(database, caller, { companyId, action: 'createProject', missing }, async (tx) => {
    // Whoever creates another one waits here, so that the free slug stays free until the end, too.
    const full = await refusalOfOneMore(tx, companyId)
    if (full) return full
    const project = await addProject(tx, companyId, draft)
    if (!project) return SLUG_TAKEN
    const { id, name, slug, version: entityVersion } = project
    await appendAudit(tx, {
      action: 'project.create',
      entityType: 'Project',
      entityId: id,
      changes: { name, slug },
      entityVersion,
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
    subscriptionType: input.subscriptionType ?? ('MONTHLY' as const),
    startsAt: input.startsAt ?? null,
    expiresAt: input.expiresAt ?? null,
    autoRenew: input.autoRenew ?? false,
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
