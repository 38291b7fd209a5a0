import type { Tenant, Tx, WriteTx } from '@arv/database'
import { companies, projects } from '@arv/drizzle/schema/tenancy'
import type { Page } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import {
  and,
  arrayContains,
  arrayOverlaps,
  count,
  eq,
  getTableColumns,
  isNull,
  like,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { containsText, isOneOf, isWithin, ofTenant, readInstant } from '../visible-rows.repository.ts'
import type { ProjectStatus } from './project-status.ts'
import { hasStatus } from './project-status.repository.ts'

/** A project's own columns, and the instant at which they were read. */
export const projectColumns = {
  ...getTableColumns(projects),
  readAt: readInstant.mapWith(projects.createdAt).as('read_at'),
}

/** A project and the instant at which it was read, which is that of its status. */
export type Project = typeof projects.$inferSelect & { readonly readAt: Date }

export type NewProject = typeof projects.$inferInsert & { readonly id: number }

/** Which projects are wanted. */
export interface ProjectCriteria {
  readonly search?: string | null | undefined
  readonly status?: ProjectStatus | null | undefined
  readonly statusAny?: readonly ProjectStatus[] | null | undefined
  readonly tagsAny?: readonly string[] | null | undefined
  readonly tagsAll?: readonly string[] | null | undefined
  readonly subscriptionType?: Project['subscriptionType'] | null | undefined
  readonly autoRenew?: boolean | null | undefined
  readonly projectType?: string | null | undefined
  readonly expiresAfter?: Date | null | undefined
  readonly expiresBefore?: Date | null | undefined
  readonly startsAfter?: Date | null | undefined
  readonly startsBefore?: Date | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

const SORT_COLUMNS = {
  NAME: projects.name,
  CREATED_AT: projects.createdAt,
  EXPIRES_AT: projects.expiresAt,
  STARTS_AT: projects.startsAt,
}

export type ProjectSort = keyof typeof SORT_COLUMNS

export function findProjects(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Project[]> {
  return tx.drizzle
    .select(projectColumns)
    .from(projects)
    .where(and(isOneOf(projects.id, ids), ofTenant(projects.companyId, tenant)))
}

/** The same page of each company's projects, in one query; within a company in the order of the page. */
export async function findProjectPages(
  tx: Tx,
  companyIds: readonly number[],
  criteria: ProjectCriteria,
  sort: ProjectSort,
  page: Page,
) {
  const keyset = drizzleKeyset(page, { sort: SORT_COLUMNS[sort], id: projects.id })
  const company = tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(isOneOf(companies.id, companyIds))
    .as('company')
  const order = sql.join(keyset.orderBy, sql`, `)
  const found = tx.drizzle
    .select({
      ...projectColumns,
      sort: keyset.sortValue.as('sort'),
      place: sql<number>`row_number() over (order by ${order})`.as('place'),
    })
    .from(projects)
    .where(and(eq(projects.companyId, company.id), matching(criteria), keyset.where))
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
    .as('found')
  const rows = await tx.drizzle
    .select()
    .from(company)
    .crossJoinLateral(found)
    .orderBy(company.id, found.place)
  return rows.map((row) => row.found)
}

export function countProjects(
  tx: Tx,
  companyIds: readonly number[],
  criteria: ProjectCriteria,
): Promise<{ companyId: number; count: number }[]> {
  return tx.drizzle
    .select({ companyId: projects.companyId, count: count() })
    .from(projects)
    .where(and(isOneOf(projects.companyId, companyIds), matching(criteria)))
    .groupBy(projects.companyId)
}

/** The company's limit and how much of it is used; whoever else wants to know waits until this transaction ends. */
export async function lockProjectsLimit(
  tx: WriteTx,
  companyId: number,
): Promise<{ limit: number; used: number }> {
  const [company] = await tx.drizzle
    .select({ limit: companies.projectsLimit })
    .from(companies)
    .where(eq(companies.id, companyId))
    .for('no key update')
  if (!company) throw new Error('the company went away')
  const [row] = await tx.drizzle
    .select({ used: count() })
    .from(projects)
    .where(and(eq(projects.companyId, companyId), isNull(projects.archivedAt)))
  return { limit: company.limit, used: row?.used ?? 0 }
}

export async function takeProjectId(tx: WriteTx): Promise<number> {
  const [row] = await tx.sql<{ id: number }[]>`select nextval('tenancy.projects_id_seq') as id`
  if (!row) throw new Error('the sequence gave no id')
  return row.id
}

/** The slugs of the company's projects that begin so. */
export async function findProjectSlugs(tx: Tx, companyId: number, stem: string): Promise<Set<string>> {
  const rows = await tx.drizzle
    .select({ slug: projects.slug })
    .from(projects)
    .where(and(eq(projects.companyId, companyId), like(projects.slug, `${stem}%`)))
  return new Set(rows.map(({ slug }) => slug))
}

/** Undefined when another project of the company has the slug. */
export async function insertProject(tx: WriteTx, project: NewProject): Promise<Project | undefined> {
  const [inserted] = await tx.drizzle
    .insert(projects)
    .values(project)
    .onConflictDoNothing()
    .returning(projectColumns)
  return inserted
}

/** The project, held until the transaction ends. */
export async function lockProject(tx: WriteTx, companyId: number, id: number): Promise<Project | undefined> {
  const [project] = await tx.drizzle
    .select(projectColumns)
    .from(projects)
    .where(and(eq(projects.companyId, companyId), eq(projects.id, id)))
    .for('update')
  return project
}

/** Changes a locked project, which makes its next version. Renewals count from an end that a person set anew. */
export async function saveProject(
  tx: WriteTx,
  project: Project,
  changes: Partial<typeof projects.$inferInsert>,
): Promise<Project> {
  const [saved] = await tx.drizzle
    .update(projects)
    .set({
      ...('expiresAt' in changes && { renewalAnchorAt: null }),
      ...changes,
      version: project.version + 1,
      updatedAt: sql`now()`,
    })
    .where(and(eq(projects.companyId, project.companyId), eq(projects.id, project.id)))
    .returning(projectColumns)
  if (!saved) throw new Error('a locked project went away')
  return saved
}

export async function removeProject(tx: WriteTx, { companyId, id }: Project): Promise<void> {
  await tx.drizzle.delete(projects).where(and(eq(projects.companyId, companyId), eq(projects.id, id)))
}

function matching(criteria: ProjectCriteria): SQL | undefined {
  const { search, status, statusAny, tagsAny, tagsAll, subscriptionType, autoRenew, projectType } = criteria
  const statuses = new Set(statusAny ?? [])
  return and(
    status == null ? undefined : hasStatus(status, readInstant),
    or(...[...statuses].map((one) => hasStatus(one, readInstant))),
    subscriptionType == null ? undefined : eq(projects.subscriptionType, subscriptionType),
    autoRenew == null ? undefined : eq(projects.autoRenew, autoRenew),
    projectType == null ? undefined : eq(projects.projectType, projectType),
    isWithin(projects.expiresAt, { from: criteria.expiresAfter, until: criteria.expiresBefore }),
    isWithin(projects.startsAt, { from: criteria.startsAfter, until: criteria.startsBefore }),
    isWithin(projects.createdAt, { from: criteria.createdAfter, until: criteria.createdBefore }),
    tagsAny == null || tagsAny.length === 0 ? undefined : arrayOverlaps(projects.tags, [...tagsAny]),
    tagsAll == null || tagsAll.length === 0 ? undefined : arrayContains(projects.tags, [...tagsAll]),
    containsText(search, [projects.name, projects.slug, projects.description]),
  )
}
