import { type Database, platform } from '@arv/database'
import { snapshotCursor } from '@arv/events'
import { z } from 'zod'
import { type ViewerContent, viewerContent } from './viewer-content.ts'

/** What a visitor sees, read in one statement with the snapshot and the time that it is true for. */
export interface ViewerState {
  readonly uniqueId: string
  readonly cursor: string
  /** The database's clock. */
  readonly at: Date
  /** Null for what is unknown, or not to be seen now. */
  readonly content: ViewerContent | null
}

/** Something with a public id, whether it may be seen or not. */
export interface ViewerSubject {
  readonly type: 'content' | 'portrait'
  readonly id: number
  readonly companyId: number
  /** Null for a portrait, which belongs to none. */
  readonly projectId: number | null
}

const maybeDate = z.coerce.date().nullable()

const schedule = z.object({
  id: z.number(),
  priority: z.number(),
  rotationType: z.enum(['TIME_OF_DAY', 'DAY_OF_WEEK', 'DAY_OF_MONTH', 'CRON', 'DAY_PARTS']),
  timeOfDay: z.string().nullable(),
  dayOfWeek: z.number().nullable(),
  dayOfMonth: z.number().nullable(),
  cronExpression: z.string().nullable(),
  dayParts: z.array(
    z.object({
      weekdays: z.array(z.number()),
      from: z.string(),
      to: z.string(),
      videoIds: z.array(z.number()),
    }),
  ),
  timeZone: z.string().nullable(),
  videoSequence: z.array(z.number()),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  exceptedDates: z.array(z.string()),
  isActive: z.boolean(),
  anchorAt: z.coerce.date(),
  anchorIndex: z.number(),
})

/** As content.viewer_content returns it; dates inside JSON are text. */
const liveRow = z.object({
  uniqueId: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  imagePublicId: z.string(),
  markerPublicId: z.string().nullable(),
  videos: z.array(
    z.object({
      id: z.number(),
      uniqueId: z.string(),
      title: z.string(),
      filePublicId: z.string(),
      rotationOrder: z.number(),
      scheduleStart: maybeDate,
      scheduleEnd: maybeDate,
      captions: z.array(z.object({ language: z.string(), label: z.string(), filePublicId: z.string() })),
    }),
  ),
  timeZone: z.string(),
  // Only around a boundary, when they may have to be asked.
  schedules: z
    .array(schedule)
    .nullable()
    .transform((schedules) => schedules ?? []),
  activeVideoId: z.number().nullable(),
  activeVideoRule: z.enum(['MANUAL', 'WINDOW', 'ROTATION', 'DEFAULT', 'NONE']),
  manualVideoId: z.number().nullable(),
  manualSince: maybeDate,
  nextChangeAt: maybeDate,
  expiresAt: maybeDate,
  servedUntil: maybeDate,
})

/** The states of several at once, in any order: one for each id, whether it exists or not. */
export async function readViewerStates(
  database: Database,
  uniqueIds: readonly string[],
): Promise<ViewerState[]> {
  const rows = await database.viewer(
    (sql) => sql<{ unique_id: string; snapshot: string; at: Date; row: unknown }[]>`
      select asked.unique_id, pg_current_snapshot()::text as snapshot, clock_timestamp() as at,
        case when c.unique_id is not null then jsonb_build_object(
          'uniqueId', c.unique_id, 'title', c.title, 'description', c.description,
          'imagePublicId', c.image_public_id, 'markerPublicId', c.marker_public_id, 'videos', c.videos,
          'timeZone', c.time_zone, 'schedules', c.schedules,
          'activeVideoId', c.active_video_id, 'activeVideoRule', c.active_video_rule,
          'manualVideoId', c.manual_video_id, 'manualSince', c.manual_since,
          'nextChangeAt', c.next_change_at, 'expiresAt', c.expires_at,
          'servedUntil', c.served_until) end as row
      from unnest(${[...uniqueIds]}::uuid[]) as asked (unique_id)
        left join content.viewer_content(${[...uniqueIds]}::uuid[]) c on c.unique_id = asked.unique_id`,
  )
  return rows.map(({ unique_id: uniqueId, snapshot, at, row }) => {
    const cursor = snapshotCursor(snapshot)
    return {
      uniqueId,
      cursor,
      at,
      content: row === null ? null : viewerContent(liveRow.parse(row), cursor, at),
    }
  })
}

export async function readViewerState(database: Database, uniqueId: string): Promise<ViewerState> {
  const [state] = await readViewerStates(database, [uniqueId])
  if (!state) throw new Error('the state of something that was asked for is missing')
  return state
}

const WATCHER = platform({ kind: 'job', name: 'viewer-content-changed' })

/** Whose events tell of changes; for the platform itself, since what is not to be seen yet may be later. */
export function findViewerSubject(database: Database, uniqueId: string): Promise<ViewerSubject | null> {
  return database.read(WATCHER, async ({ sql }) => {
    const [row] = await sql<ViewerSubject[]>`
      select 'content' as type, id, company_id as "companyId", project_id as "projectId"
      from content.ar_contents where unique_id = ${uniqueId} and deleted_at is null
      union all
      select 'portrait', id, company_id, null from content.portraits where unique_id = ${uniqueId}`
    return row ?? null
  })
}

/** When the project of a content begins, if it had not at an instant. */
export function readProjectStart(database: Database, contentId: number, instant: Date): Promise<Date | null> {
  return database.read(WATCHER, async ({ sql }) => {
    const [row] = await sql<{ starts_at: Date | null }[]>`
      select p.starts_at from content.ar_contents c
        join tenancy.projects p on p.company_id = c.company_id and p.id = c.project_id
      where c.id = ${contentId} and p.starts_at > ${instant}`
    return row?.starts_at ?? null
  })
}
