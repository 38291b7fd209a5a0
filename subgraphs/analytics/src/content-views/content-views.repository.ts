import { kyselyIn, type Tenant, type Tx } from '@arv/database'
import { sql } from 'kysely'
import { type AnalyticsTables, intArray, utcText } from '../analytics-tables.repository.ts'

/** How often a content was opened, ever. */
export interface ContentViews {
  readonly id: number
  readonly companyId: number
  readonly viewsCount: number
  readonly lastViewedAt: Date | null
}

/** Those of the contents that the tenant may see and that are not deleted; zero for one that nobody opened yet. */
export async function findContentViews(
  tx: Tx,
  tenant: Tenant,
  contentIds: readonly number[],
): Promise<ContentViews[]> {
  let query = kyselyIn<AnalyticsTables>(tx)
    .selectFrom('content.ar_contents as c')
    .leftJoin('analytics.content_views as v', (join) =>
      join.onRef('v.company_id', '=', 'c.company_id').onRef('v.content_id', '=', 'c.id'),
    )
    .select(['c.id', 'c.company_id as companyId', 'v.views_count as viewsCount'])
    .select(sql<string | null>`${utcText('v.last_viewed_at')}`.as('lastViewedAt'))
    .where(sql<boolean>`c.id = any(${intArray(contentIds)})`)
    .where('c.deleted_at', 'is', null)
  if (tenant.scope === 'companies') {
    query = query.where(sql<boolean>`c.company_id = any(${intArray(tenant.companyIds)})`)
  }
  const rows = await query.execute()
  return rows.map(({ viewsCount, lastViewedAt, ...content }) => ({
    ...content,
    viewsCount: viewsCount ?? 0,
    lastViewedAt: lastViewedAt === null ? null : new Date(lastViewedAt),
  }))
}
