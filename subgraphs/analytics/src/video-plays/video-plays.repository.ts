import { kyselyIn, type Tenant, type Tx } from '@arv/database'
import { sql } from 'kysely'
import { type AnalyticsTables, intArray } from '../analytics-tables.repository.ts'

/** How many visits played a video, ever. */
export interface VideoPlays {
  readonly id: number
  readonly plays: number
}

/** Those of the videos that the tenant may see; zero for one that nobody played yet. */
export async function findVideoPlays(
  tx: Tx,
  tenant: Tenant,
  videoIds: readonly number[],
): Promise<VideoPlays[]> {
  let query = kyselyIn<AnalyticsTables>(tx)
    .selectFrom('content.videos as v')
    .leftJoin('analytics.video_plays as p', (join) =>
      join.onRef('p.company_id', '=', 'v.company_id').onRef('p.video_id', '=', 'v.id'),
    )
    .select(['v.id', sql<number>`coalesce(p.plays_count, 0)`.as('plays')])
    .where(sql<boolean>`v.id = any(${intArray(videoIds)})`)
  if (tenant.scope === 'companies') {
    query = query.where(sql<boolean>`v.company_id = any(${intArray(tenant.companyIds)})`)
  }
  return query.execute()
}
