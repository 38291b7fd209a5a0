import type { Tx } from '@arv/database'
import { arContents } from '@arv/drizzle/schema/content'
import { companies, projects } from '@arv/drizzle/schema/tenancy'
import type { Page, SortValue } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { and, eq, getTableColumns, ilike, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { inCompanies, type VisibleCompanies } from '../companies.repository.ts'
import type { ContentFilter } from './content-list.ts'
import { type ArContent, isThere } from './contents.repository.ts'

/** Whose contents a list holds. */
export type ContentListOwner = 'company' | 'project'

export interface ContentRow {
  readonly ownerId: number
  readonly content: ArContent
  /** The value of the sort column, for the cursor. */
  readonly sort: SortValue
}

export interface ContentListQuery {
  readonly owner: ContentListOwner
  readonly ownerIds: readonly number[]
  readonly filter: ContentFilter
  readonly visible: VisibleCompanies
}

/** The same page of several owners' lists, in one statement. */
export async function listContents(tx: Tx, page: Page, query: ContentListQuery): Promise<ContentRow[]> {
  const owners = ownersIn(tx, query)
  const sort = page.ordering.key === 'TITLE' ? arContents.title : arContents.createdAt
  const keyset = drizzleKeyset(page, { sort, id: arContents.id })
  const contents = tx.drizzle
    .select({
      ...getTableColumns(arContents),
      sort: keyset.sortValue.as('sort'),
      place: sql<number>`row_number() over (order by ${sql.join(keyset.orderBy, sql`, `)})`.as('place'),
    })
    .from(arContents)
    .where(and(belongsTo(owners, query.owner), matches(query.filter), keyset.where))
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
    .as('contents')
  const rows = await tx.drizzle
    .select()
    .from(owners)
    .crossJoinLateral(contents)
    .orderBy(owners.id, contents.place)
  return rows.map((row) => ({ ownerId: row.owners.id, content: row.contents, sort: row.contents.sort }))
}

/** How many contents each owner's list has; owners without any are left out. */
export async function countContents(
  tx: Tx,
  query: ContentListQuery,
): Promise<{ ownerId: number; count: number }[]> {
  const owners = ownersIn(tx, query)
  return tx.drizzle
    .select({ ownerId: owners.id, count: sql<number>`count(*)::int` })
    .from(owners)
    .innerJoin(arContents, and(belongsTo(owners, query.owner), matches(query.filter)))
    .groupBy(owners.id)
}

type Owners = ReturnType<typeof ownersIn>

/** The indexes of contents begin with the company, so that a project's has to be known. */
function ownersIn(tx: Tx, { owner, ownerIds, visible }: ContentListQuery) {
  const id = owner === 'company' ? companies.id : projects.id
  const companyId = owner === 'company' ? companies.id : projects.companyId
  return tx.drizzle
    .select({
      id: sql<number>`${id}`.as('owner_id'),
      companyId: sql<number>`${companyId}`.as('owner_company'),
    })
    .from(owner === 'company' ? companies : projects)
    .where(and(inArray(id, [...ownerIds]), inCompanies(companyId, visible)))
    .as('owners')
}

function belongsTo(owners: Owners, owner: ContentListOwner): SQL | undefined {
  return and(
    eq(arContents.companyId, owners.companyId),
    owner === 'project' ? eq(arContents.projectId, owners.id) : undefined,
  )
}

function matches({ search, isActive, isPublished, markerStatus, deleted }: ContentFilter): SQL | undefined {
  const pattern = search === null ? null : `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return and(
    isThere(deleted ? 'restorable' : 'present'),
    pattern === null
      ? undefined
      : or(ilike(arContents.title, pattern), ilike(arContents.description, pattern)),
    isActive === null ? undefined : eq(arContents.isActive, isActive),
    isPublished === null
      ? undefined
      : isPublished
        ? isNotNull(arContents.publishedAt)
        : isNull(arContents.publishedAt),
    markerStatus === null ? undefined : eq(arContents.markerStatus, markerStatus),
  )
}
