import type { Canaries, Sighting, Tenant } from '@arv/testkit/canaries'
import type { Operation } from './draw-operation.ts'
import { isRecord } from './draw-operation.ts'
import type { Answer } from './sender.ts'

/** A visitor who has the printed address may see this, whoever they are; and may leave a visit. */
const PUBLIC = new Set(['viewerContent', 'viewerContentChanged', 'startViewSession', 'reportViewSession'])
const PUBLIC_FACE: Readonly<Record<string, readonly string[]>> = {
  'content.ar_contents': ['title', 'description', 'unique_id'],
  'content.portraits': ['unique_id'],
  'content.videos': ['title', 'unique_id'],
  'content.video_captions': ['language', 'label'],
  'media.assets': [
    'public_id',
    'file_name',
    'mime_type',
    'size_bytes',
    'width',
    'height',
    'duration_seconds',
  ],
  'analytics.view_sessions': ['session_id'],
  // In the cursor from which a visitor goes on watching: its place among events, not what they are about.
  'log.events': ['id'],
}
/** What visits are written to. */
const VISITS = /^analytics\./

/** What an answer says of tenants that the caller may not see. */
export function leaksIn(
  answer: Answer,
  operation: Operation,
  sees: readonly Tenant[],
  canaries: Canaries,
): { where: string; what: Sighting }[] {
  const foreign = (text: string) => canaries.find(text).filter(({ tenant }) => !sees.includes(tenant))
  const asked = canaries.find(textOf(operation))
  const wasSent = ({ text }: Sighting) => asked.some((sent) => sent.text === text)
  const leaks = foreign(answer.headers).map((what) => ({ where: 'headers', what }))
  for (const result of [parse(answer.body)].flat()) {
    const { data, ...rest } = isRecord(result) ? result : { data: result }
    // What is wrong with a value is said with the value.
    leaks.push(
      ...foreign(JSON.stringify(rest))
        .filter((what) => !wasSent(what))
        .map((what) => ({ where: 'errors', what })),
    )
    for (const [key, value] of Object.entries(isRecord(data) ? data : { data })) {
      const root = operation.roots.find((selection) => selection.key === key)?.field.name ?? ''
      leaks.push(
        ...foreign(JSON.stringify(value ?? null))
          .filter((what) => !mayShow(root, what, asked))
          .map((what) => ({ where: root || key, what })),
      )
    }
  }
  return leaks
}

/** @param asked what the request named */
function mayShow(root: string, { place, tenant, text }: Sighting, asked: readonly Sighting[]): boolean {
  if (PUBLIC.has(root)) {
    // A visit goes by the id that its visitor has made up, whatever that is: they are told it back.
    if (root.endsWith('ViewSession') && asked.some((sent) => sent.text === text)) return true
    if (place === null) return !text.includes('.') || text.includes(':')
    return PUBLIC_FACE[place.table]?.includes(place.column) === true && isShown(place.table, place.row)
  }
  // Who knows somebody's address may make them a member, and then sees them as all members do.
  const isInvited = asked.some(
    (sent) =>
      sent.tenant === tenant && sent.place?.table === 'tenancy.users' && sent.place.column === 'email',
  )
  return root === 'addMember' && isInvited && (place === null || place.table === 'tenancy.users')
}

/** Of contents and their videos only the first is published; a portrait always is. */
const isShown = (table: string, row: number) =>
  row === 0 ||
  table === 'media.assets' ||
  table === 'content.portraits' ||
  table.startsWith('analytics.') ||
  table.startsWith('log.')

/** The tables of others that this operation may not have changed. */
export function forbiddenChanges(
  changed: readonly { tenant: Tenant; table: string }[],
  operation: Operation,
  sees: readonly Tenant[],
): { tenant: Tenant; table: string }[] {
  const visits = operation.roots.some(({ field }) => PUBLIC.has(field.name))
  return changed.filter(({ tenant, table }) => !sees.includes(tenant) && !(visits && VISITS.test(table)))
}

/** What was asked, as text. */
export function textOf({ text, variables }: Operation): string {
  return `${text}\n${JSON.stringify(variables)}`
}

export function isAboutVisitors({ roots }: Operation): boolean {
  return roots.some(({ field }) => PUBLIC.has(field.name))
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
