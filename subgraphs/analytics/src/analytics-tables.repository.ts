import type { contentViews, videoPlays, viewSessions } from '@arv/drizzle/schema/analytics'
import type { arContents, videos } from '@arv/drizzle/schema/content'
import type { Kyselify } from 'drizzle-orm/kysely'
import { type RawBuilder, sql } from 'kysely'

/** What this subgraph reads, as Kysely sees it. Of other subgraphs' tables, the columns that are granted to it. */
export interface AnalyticsTables {
  'analytics.view_sessions': Kyselify<typeof viewSessions>
  'analytics.content_views': Kyselify<typeof contentViews>
  'analytics.video_plays': Kyselify<typeof videoPlays>
  'content.videos': Pick<Kyselify<typeof videos>, 'id' | 'company_id' | 'content_id' | 'unique_id'>
  'content.ar_contents': Pick<
    Kyselify<typeof arContents>,
    'id' | 'company_id' | 'project_id' | 'unique_id' | 'deleted_at'
  >
}

/** Ids as one parameter, so that any number of them is the same statement. */
export function intArray(ids: readonly number[]): RawBuilder<number[]> {
  return sql`${`{${ids.join(',')}}`}::int[]`
}

/** An instant as text in UTC with microseconds: raw statements get no Date (packages/database, pool.ts). */
export function utcText(column: string): RawBuilder<string> {
  return sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}
