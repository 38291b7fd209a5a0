import { kyselyIn, type Tx } from '@arv/database'
import type { Page, Position } from '@arv/relay'
import { type RawBuilder, sql } from 'kysely'
import { type AnalyticsTables, intArray, utcText } from '../analytics-tables.repository.ts'
import type { DeviceType, TrackingQuality } from './view-session.ts'

export interface ViewSession {
  readonly id: number
  readonly companyId: number
  readonly projectId: number | null
  readonly contentId: number | null
  readonly portraitId: number | null
  readonly sessionId: string
  readonly userAgent: string | null
  readonly deviceType: DeviceType
  readonly browser: string | null
  readonly os: string | null
  readonly ipAddress: string | null
  readonly country: string | null
  readonly city: string | null
  readonly durationSeconds: number
  readonly trackingQuality: TrackingQuality | null
  readonly videoId: number | null
  readonly videoPlayed: boolean
  readonly videoCompleted: boolean
  readonly endedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A session and its place in the list, with the microseconds that a Date doesn't have. */
export interface ListedSession {
  readonly session: ViewSession
  readonly sort: string
}

/** Visits of a time, itself half-open. */
export interface Period {
  readonly from: Date
  readonly to: Date
}

/** A page of each content's visits in a period, the latest first, in one statement: by content id. */
export async function findSessionPages(
  tx: Tx,
  contents: readonly { readonly id: number; readonly companyId: number }[],
  period: Period,
  page: Page,
): Promise<Map<number, ListedSession[]>> {
  const forward = page.direction === 'forward'
  const direction = forward ? 'desc' : 'asc'
  const rows = await kyselyIn<AnalyticsTables>(tx)
    .selectFrom('content.ar_contents as c')
    .innerJoinLateral(
      (from) =>
        from
          .selectFrom('analytics.view_sessions as s')
          .selectAll()
          .where(ofContent(period))
          .where(betweenCursors(page))
          .orderBy('s.created_at', direction)
          .orderBy('s.id', direction)
          .limit(page.limit + 1)
          .as('s'),
      (join) => join.onTrue(),
    )
    .select([
      's.id',
      's.company_id as companyId',
      's.project_id as projectId',
      'c.id as contentId',
      's.portrait_id as portraitId',
      's.session_id as sessionId',
      's.user_agent as userAgent',
      's.device_type as deviceType',
      's.browser',
      's.os',
      's.country',
      's.city',
      's.duration_seconds as durationSeconds',
      's.tracking_quality as trackingQuality',
      's.video_id as videoId',
      's.video_played as videoPlayed',
      's.video_completed as videoCompleted',
      sql<string | null>`host(s.ip_address)`.as('ipAddress'),
      sql<string | null>`${utcText('s.ended_at')}`.as('endedAt'),
      utcText('s.created_at').as('createdAt'),
      utcText('s.updated_at').as('updatedAt'),
    ])
    .where(sql<boolean>`c.id = any(${intArray(contents.map(({ id }) => id))})`)
    .where(sql<boolean>`c.company_id = any(${intArray(contents.map(({ companyId }) => companyId))})`)
    .orderBy('s.created_at', direction)
    .orderBy('s.id', direction)
    .execute()
  return Map.groupBy(
    rows.map(({ endedAt, createdAt, updatedAt, ...session }) => ({
      session: {
        ...session,
        endedAt: endedAt === null ? null : new Date(endedAt),
        createdAt: new Date(createdAt),
        updatedAt: new Date(updatedAt),
      },
      sort: createdAt,
    })),
    ({ session }) => session.contentId,
  )
}

/** How many visits each content had in a period, in one statement: by content id. */
export async function countSessions(
  tx: Tx,
  contents: readonly { readonly id: number; readonly companyId: number }[],
  period: Period,
): Promise<Map<number, number>> {
  const rows = await kyselyIn<AnalyticsTables>(tx)
    .selectFrom('content.ar_contents as c')
    .innerJoin('analytics.view_sessions as s', (join) => join.on(ofContent(period)))
    .select(['c.id', ({ fn }) => fn.countAll<number>().as('sessions')])
    .where(sql<boolean>`c.id = any(${intArray(contents.map(({ id }) => id))})`)
    .where(sql<boolean>`c.company_id = any(${intArray(contents.map(({ companyId }) => companyId))})`)
    .groupBy('c.id')
    .execute()
  return new Map(rows.map(({ id, sessions }) => [id, sessions]))
}

function ofContent({ from, to }: Period): RawBuilder<boolean> {
  return sql`(s.content_id = c.id and s.company_id = c.company_id
    and s.created_at >= ${from.toISOString()}::timestamptz and s.created_at < ${to.toISOString()}::timestamptz)`
}

/** The list goes from the latest to the earliest. */
function betweenCursors({ after, before }: Page): RawBuilder<boolean> {
  const conditions = [sql`true`]
  if (after) conditions.push(sql`(s.created_at, s.id) < ${placeOf(after)}`)
  if (before) conditions.push(sql`(s.created_at, s.id) > ${placeOf(before)}`)
  return sql`(${sql.join(conditions, sql` and `)})`
}

function placeOf({ sort, id }: Position): RawBuilder<unknown> {
  return sql`(${sort}::timestamptz, ${id}::bigint)`
}
