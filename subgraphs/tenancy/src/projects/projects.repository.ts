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
  lt,
  type SQL,
  sql,
} from 'drizzle-orm'
import { containsText, isOneOf, ofTenant } from '../visible-rows.repository.ts'
import type { ProjectStatus } from './project-status.ts'
import { hasStatus } from './project-status.repository.ts'

/** The database's now, as exact as the API's instants: what a filter finds has the status that it was found by. */
const now = sql`date_trunc('milliseconds', now())`

const columns = { ...getTableColumns(projects), readAt: now.mapWith(projects.createdAt).as('read_at') }

/** A project and the instant at which it was read, which is that of its status. */
export type Project = typeof projects.$inferSelect & { readonly readAt: Date }

export type NewProject = typeof projects.$inferInsert & { readonly id: number }

/** Which projects are wanted. */
export interface ProjectCriteria {
  readonly search?: string | null | undefined
  readonly status?: ProjectStatus | null | undefined
  readonly tagsAny?: readonly string[] | null | undefined
  readonly tagsAll?: readonly string[] | null | undefined
  readonly expiresBefore?: Date | null | undefined
}

const SORT_COLUMNS = { NAME: projects.name, CREATED_AT: projects.createdAt, EXPIRES_AT: projects.expiresAt }

export type ProjectSort = keyof typeof SORT_COLUMNS

export function findProjects(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<Project[]> {
  return tx.drizzle
    .select(columns)
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
      ...columns,
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
    .returning(columns)
  return inserted
}

function matching(criteria: ProjectCriteria): SQL | undefined {
  const { search, status, tagsAny, tagsAll, expiresBefore } = criteria
  return and(
    status == null ? undefined : hasStatus(status, now),
    expiresBefore == null ? undefined : lt(projects.expiresAt, expiresBefore),
    tagsAny == null || tagsAny.length === 0 ? undefined : arrayOverlaps(projects.tags, [...tagsAny]),
    tagsAll == null || tagsAll.length === 0 ? undefined : arrayContains(projects.tags, [...tagsAll]),
    containsText(search, [projects.name, projects.slug, projects.description]),
  )
}
