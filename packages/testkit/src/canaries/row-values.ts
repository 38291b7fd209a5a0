import { createHash } from 'node:crypto'
import type { Canaries, Place, Tenant } from './canaries.ts'
import type { ColumnShape, TableShape } from './table-shapes.ts'

export type Value =
  | string
  | number
  | boolean
  | Date
  | Buffer
  | null
  | readonly Value[]
  | { readonly note: string }
  | { readonly [name: string]: Value }

/** Rows that each tenant gets; two of everything else. */
const ROWS: Readonly<Record<string, number>> = {
  'tenancy.companies': 1,
  'tenancy.users': 3,
  'tenancy.memberships': 3,
  'tenancy.projects': 3,
  'media.storage_connections': 1,
  'media.storage_usage': 1,
  'media.storage_folders': 5,
  'media.assets': 7,
  'content.ar_contents': 3,
  'content.rotation_schedules': 3,
  'tenancy.notifications': 3,
  'tenancy.notification_deliveries': 3,
  'log.events': 4,
  'log.audit_entries': 3,
}

export const rowsOf = (table: string): number => ROWS[table] ?? 2

/** What names a row of another table without a foreign key, or not just any row: by column. */
const REFERENCES: Readonly<Record<string, { table: string; row?: number }>> = {
  project_id: { table: 'tenancy.projects' },
  content_id: { table: 'content.ar_contents' },
  portrait_id: { table: 'content.portraits' },
  schedule_id: { table: 'content.rotation_schedules' },
  video_id: { table: 'content.videos' },
  user_id: { table: 'tenancy.users' },
  created_by: { table: 'tenancy.users', row: 0 },
  entity_id: { table: 'content.ar_contents' },
  subject_id: { table: 'content.ar_contents', row: 0 },
  image_id: { table: 'media.assets', row: 0 },
  file_id: { table: 'media.assets', row: 1 },
  thumbnail_id: { table: 'media.assets', row: 2 },
  video_file_id: { table: 'media.assets', row: 1 },
  marker_file_id: { table: 'media.assets', row: 4 },
}

/** Assets beyond the first two have no thumbnail of their own; what has ended, or is of either kind only, is null. */
const NULL = new Set([
  'deleted_at',
  'archived_at',
  'erased_at',
  'revoked_at',
  'credentials',
  'tenancy.users.password_hash',
])
const FALSE = new Set(['is_default', 'is_platform_admin'])
const TIME_ZONES: Readonly<Record<Tenant, string>> = {
  alpha: 'Europe/Lisbon',
  beta: 'Asia/Tokyo',
  gamma: 'America/Lima',
}
const LATER = /expires|_end$|^next_|until|remove_after/
/** All that is kept as bytes is hashes. */
const HASH_BYTES = 32
const HOUR_MS = 3_600_000
const YEAR_MS = 8_766 * HOUR_MS

/** What the rules below can't know: what a column has to be for its row to be of use. By `table.column` or column. */
type Rule = (place: Place, canaries: Canaries) => Value
const RULES: Readonly<Record<string, Rule>> = {
  time_zone: ({ tenant }) => TIME_ZONES[tenant],
  email: (place, { text }) => `${text(place)}@example.com`,
  contact_email: (place, { text }) => `${text(place)}@example.com`,
  storage_quota_gb: () => 1000,
  'media.assets.status': () => 'READY',
  // More than all of its files together.
  'media.storage_usage.used_bytes': (place, { number }) => number(place) * 9,
  'content.ar_contents.marker_status': ({ row }) => (row === 0 ? 'COMPLETED' : 'FAILED'),
  'content.portraits.marker_status': ({ row }) => (row === 0 ? 'COMPLETED' : 'FAILED'),
  // The first is shown to visitors, the second is not, and the third is deleted.
  'content.ar_contents.project_id': (place, { number }) =>
    number({ ...place, table: 'tenancy.projects', column: 'id', row: place.row % 2 }),
  'content.ar_contents.deleted_at': ({ tenant, row }, { time }) =>
    row === 2 ? time(tenant, hoursAgo(3)) : null,
  'content.ar_contents.published_at': ({ tenant, row }, { time }) =>
    row === 0 ? time(tenant, hoursAgo(3)) : null,
  'content.rotation_schedules.video_sequence': (place, { number }) =>
    place.row === 2 ? [] : [number({ ...place, table: 'content.videos', column: 'id' })],
  day_parts: (place, { number }) => {
    const videoIds = [number({ ...place, table: 'content.videos', column: 'id', row: 0 })]
    return place.row === 2 ? [{ weekdays: [1, 2], from: '05:00', to: '17:30', videoIds }] : []
  },
  // Two contents' rotations, and a rule of the first one.
  priority: ({ row }) => (row === 2 ? 1 : 0),
  'content.rotation_schedules.content_id': (place, { number }) =>
    number({ ...place, table: 'content.ar_contents', column: 'id', row: place.row % 2 }),
  'content.rotation_schedules.rotation_type': ({ row }) =>
    ['TIME_OF_DAY', 'DAY_OF_WEEK', 'DAY_PARTS'][row] ?? 'CRON',
  'content.video_captions.file_id': (place, { number }) =>
    number({ ...place, table: 'media.assets', column: 'id', row: 5 }),
  'content.video_activations.content_id': (place, { number }) =>
    number({ ...place, table: 'content.ar_contents', column: 'id', row: 0 }),
  'content.video_activations.actor': (place, { number }) =>
    `user:${number({ ...place, table: 'tenancy.users', column: 'id', row: 0 })}`,
  'tenancy.notification_deliveries.state': ({ row }) => (row === 2 ? 'FAILED' : 'WAITING'),
  'media.company_exports.status': ({ row }) => (row === 0 ? 'COMPLETED' : 'FAILED'),
  // Parts of the day have their times within.
  'content.rotation_schedules.time_of_day': ({ row }) => (row === 2 ? null : '05:00'),
  'content.rotation_schedules.day_of_week': ({ row }) => (row === 2 ? null : 1),
  'content.rotation_schedules.day_of_month': ({ row }) => (row === 2 ? null : 1),
  'content.rotation_schedules.cron_expression': ({ row }) => (row === 2 ? null : '0 5 * * *'),
  'leaving.erasures.slug_hash': (place, { text }) =>
    createHash('sha256')
      .update(text({ ...place, table: 'tenancy.companies', column: 'slug', row: 0 }))
      .digest(),
  'leaving.erasures.removed': () => ({ 'media.assets': 7 }),
  current_index: () => 0,
  anchor_index: () => 0,
  // The last project has nothing in it.
  'media.assets.project_id': (place, { number }) =>
    number({ ...place, table: 'tenancy.projects', column: 'id', row: 0 }),
  'media.assets.thumbnail_id': (place, { number }) =>
    place.row < 2 ? number({ ...place, column: 'id', row: 2 }) : null,
  'analytics.view_sessions.content_id': (place, { number }) =>
    place.row === 0 ? number({ ...place, table: 'content.ar_contents', column: 'id' }) : null,
  'analytics.view_sessions.portrait_id': (place, { number }) =>
    place.row === 1 ? number({ ...place, table: 'content.portraits', column: 'id' }) : null,
  played_video_ids: (place, { number }) => [
    number({ ...place, table: 'content.videos', column: 'id', row: 0 }),
  ],
  'analytics.view_session_keys.id': (place, { number }) =>
    number({ ...place, table: 'analytics.view_sessions', column: 'id' }),
  'analytics.view_session_keys.session_id': (place, { uuid }) =>
    uuid({ ...place, table: 'analytics.view_sessions', column: 'session_id' }),
  'analytics.view_session_keys.unique_id': (place, { uuid }) =>
    uuid({ ...place, table: 'content.ar_contents', column: 'unique_id' }),
  'log.events.type': ({ row }) =>
    ['marker.status', 'content.active-video', 'marker.status', 'content.details'][row] ?? 'content.details',
  'log.events.subject_type': ({ row }) => (row === 2 ? 'portrait' : 'content'),
  'log.events.subject_id': (place, { number }) =>
    number({
      ...place,
      table: place.row === 2 ? 'content.portraits' : 'content.ar_contents',
      column: 'id',
      row: 0,
    }),
  'log.events.payload': (place, { number }) => {
    const videoId = number({ ...place, table: 'content.videos', column: 'id', row: 0 })
    return place.row === 1
      ? { reason: 'ACTIVATED', videoId, previousVideoId: videoId }
      : { status: 'COMPLETED' }
  },
  'log.audit_entries.actor': (place, { number }) => {
    const by = (table: string) => number({ ...place, table, column: 'id', row: 0 })
    return (
      [`user:${by('tenancy.users')}`, `key:${by('tenancy.api_keys')}`, 'job:planted'][place.row] ?? 'nobody'
    )
  },
  'log.audit_entries.entity_type': () => 'ArContent',
  'leaving.erasures.requested_by': (place, { number }) =>
    `user:${number({ ...place, table: 'tenancy.users', column: 'id', row: 0 })}`,
  'leaving.erasures.step': () => 'DONE',
  'log.audit_seals.sequence': ({ row }) => row + 1,
  'log.audit_seals.tx': ({ row }) => String(3 + row),
  'log.audit_seals.entry_id': (place, { number }) =>
    number({ ...place, table: 'log.audit_entries', column: 'id' }),
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS)

/**
 * The value of a column in one of a tenant's rows: as telling as its type and its checks allow. Undefined where the
 * table's default is to stand, or the type holds nothing that could tell whose it is.
 */
export function valueOf(
  table: TableShape,
  column: ColumnShape,
  place: Place,
  canaries: Canaries,
): Value | undefined {
  const rule = RULES[`${table.name}.${column.name}`] ?? RULES[column.name]
  if (rule) return rule(place, canaries)
  if (NULL.has(column.name) || NULL.has(`${table.name}.${column.name}`)) return null
  if (column.type === 'xid8') return undefined
  if (column.name === 'company_id')
    return canaries.number({ ...place, table: 'tenancy.companies', column: 'id', row: 0 })
  const reference = referenceOf(column)
  if (reference) {
    const row = (reference.row ?? place.row) % rowsOf(reference.table)
    return canaries.number({ ...place, table: reference.table, column: 'id', row })
  }
  return ofType(column, place, canaries)
}

function referenceOf({ name, references, type }: ColumnShape): { table: string; row?: number } | null {
  if (type !== 'int4' && type !== 'int8') return null
  return REFERENCES[name] ?? (references === null ? null : { table: references })
}

function ofType(
  { type, name, choices, most }: ColumnShape,
  place: Place,
  canaries: Canaries,
): Value | undefined {
  if (type.startsWith('_')) {
    const item = ofType(
      { name, type: type.slice(1), choices, most, references: null, isConditional: false },
      place,
      canaries,
    )
    return item === undefined ? undefined : [item]
  }
  switch (type) {
    case 'text':
      return choices[place.row % choices.length] ?? canaries.text(place)
    case 'int2':
    case 'int4':
    case 'int8':
    case 'float8':
    case 'numeric':
      return Math.min(canaries.number(place), most ?? Number.MAX_SAFE_INTEGER)
    case 'bool':
      return !FALSE.has(name)
    case 'uuid':
      return canaries.uuid(place)
    case 'jsonb':
      return { note: canaries.text(place) }
    case 'bytea':
      return Buffer.alloc(HASH_BYTES, canaries.text(place))
    case 'inet':
      return canaries.address(place.tenant, place.row)
    case 'timestamptz':
      return canaries.time(place.tenant, LATER.test(name) ? new Date(Date.now() + YEAR_MS) : hoursAgo(3))
    case 'date':
      return '2026-01-01'
    case 'time':
      return '05:00'
    default:
      return undefined
  }
}
