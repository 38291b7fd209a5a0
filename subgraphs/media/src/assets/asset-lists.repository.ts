import type { Tenant, Tx } from '@arv/database'
import { assets } from '@arv/drizzle/schema/media'
import { companies, projects } from '@arv/drizzle/schema/tenancy'
import type { SortValue } from '@arv/relay'
import { drizzleKeyset } from '@arv/relay/drizzle'
import { and, eq, getTableColumns, ilike, inArray, notInArray, type SQL, sql } from 'drizzle-orm'
import { ofTenant } from '../tenant-filter.repository.ts'
import type { AssetFilter, AssetList } from './asset-list.ts'
import type { Asset } from './assets.repository.ts'

/** Whose files a list holds. */
export type AssetListOwner = 'company' | 'project'

export interface AssetListQuery extends AssetList {
  readonly owner: AssetListOwner
  readonly ownerIds: readonly number[]
  readonly tenant: Tenant
}

export interface AssetRow {
  readonly ownerId: number
  readonly asset: Asset
  /** The value of the sort column, for the cursor. */
  readonly sort: SortValue
}

const SORT_COLUMNS = {
  FILE_NAME: assets.fileName,
  CREATED_AT: assets.createdAt,
  SIZE_BYTES: assets.sizeBytes,
}

/** The same page of several owners' lists, in one statement. */
export async function listAssets(tx: Tx, query: AssetListQuery): Promise<AssetRow[]> {
  const owners = ownersIn(tx, query)
  const keyset = drizzleKeyset(query.page, { sort: SORT_COLUMNS[query.sort], id: assets.id })
  const found = tx.drizzle
    .select({
      ...getTableColumns(assets),
      sort: keyset.sortValue.as('sort'),
      place: sql<number>`row_number() over (order by ${sql.join(keyset.orderBy, sql`, `)})`.as('place'),
    })
    .from(assets)
    .where(and(belongsTo(owners, query.owner), matches(query.filter), keyset.where))
    .orderBy(...keyset.orderBy)
    .limit(keyset.limit)
    .as('found')
  const rows = await tx.drizzle.select().from(owners).crossJoinLateral(found).orderBy(owners.id, found.place)
  return rows.map((row) => ({ ownerId: row.owners.id, asset: row.found, sort: row.found.sort }))
}

/** How many files each owner's list has; owners without any are left out. */
export async function countAssets(
  tx: Tx,
  query: AssetListQuery,
): Promise<{ ownerId: number; count: number }[]> {
  const owners = ownersIn(tx, query)
  return tx.drizzle
    .select({ ownerId: owners.id, count: sql<number>`count(*)::int` })
    .from(owners)
    .innerJoin(assets, and(belongsTo(owners, query.owner), matches(query.filter)))
    .groupBy(owners.id)
}

type Owners = ReturnType<typeof ownersIn>

/** The indexes of assets begin with the company, so that a project's has to be known. */
function ownersIn(tx: Tx, { owner, ownerIds, tenant }: AssetListQuery) {
  const id = owner === 'company' ? companies.id : projects.id
  const companyId = owner === 'company' ? companies.id : projects.companyId
  return tx.drizzle
    .select({
      id: sql<number>`${id}`.as('owner_id'),
      companyId: sql<number>`${companyId}`.as('owner_company'),
    })
    .from(owner === 'company' ? companies : projects)
    .where(and(inArray(id, [...ownerIds]), ofTenant(tenant, companyId)))
    .as('owners')
}

function belongsTo(owners: Owners, owner: AssetListOwner): SQL | undefined {
  return and(
    eq(assets.companyId, owners.companyId),
    owner === 'project' ? eq(assets.projectId, owners.id) : undefined,
  )
}

function matches({ search, kinds, isUsed }: AssetFilter): SQL | undefined {
  const uses = sql`exists (
    select from media.asset_uses u where u.company_id = ${assets.companyId} and u.asset_id = ${assets.id})`
  return and(
    kinds === null
      ? notInArray(assets.kind, ['THUMBNAIL', 'POSTER'])
      : inArray(assets.kind, [...new Set(kinds)]),
    search === null
      ? undefined
      : ilike(assets.fileName, `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`),
    isUsed === null ? undefined : isUsed ? uses : sql`not ${uses}`,
  )
}
