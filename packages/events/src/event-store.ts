import { type Database, platform } from '@arv/database'
import type { NewEvent, Position, StoredEvent } from './event-catalogue.ts'

interface EventRow {
  id: number
  tx: string
  company_id: number
  type: NewEvent['type']
  subject_type: NewEvent['subject']['type']
  subject_id: number
  payload: object
  created_at: Date
}

/** What one look at the outbox found. */
export interface EventBatch {
  readonly events: readonly StoredEvent[]
  /** Whether a later look will find more: the batch was full, or events wait for older transactions to end. */
  readonly more: boolean
}

const BATCH_SIZE = 500
const READER = platform({ kind: 'job', name: 'events' })

/** The newest position that no transaction still running can come before. */
export function readHead(database: Database): Promise<Position> {
  return database.read(READER, async ({ sql }) => {
    const [row] = await sql<{ tx: string }[]>`
      select (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text as tx`
    if (!row) throw new Error('PostgreSQL has no snapshot')
    return { tx: BigInt(row.tx), id: Number.MAX_SAFE_INTEGER }
  })
}

/** The newest transaction whose events have been forgotten. */
export function readHorizon(database: Database): Promise<bigint> {
  return database.read(READER, async ({ sql }) => {
    const [row] = await sql<{ tx: string }[]>`select tx::text from log.event_horizon`
    return BigInt(row?.tx ?? 0)
  })
}

/** How many events lie after a position, settled or not; counting ends at 1000. */
export function countEvents(database: Database, after: Position): Promise<number> {
  return database.read(READER, async ({ sql }) => {
    const [row] = await sql<{ events: number }[]>`
      select count(*)::int as events from (
        select from log.events
        where (tx, id) > (${String(after.tx)}::text::xid8, ${String(after.id)}::text::bigint)
        limit 1000) as waiting`
    return row?.events ?? 0
  })
}

/**
 * The events after a position, in order and only as far as no older transaction can still commit:
 * beyond `pg_snapshot_xmin` an event might be followed by one that sorts before it.
 */
export function readEvents(database: Database, after: Position, upTo?: Position): Promise<EventBatch> {
  return database.read(READER, async ({ sql }) => {
    const rows = await sql<(EventRow & { settled: boolean })[]>`
      select id, tx::text, company_id, type, subject_type, subject_id, payload, created_at,
        tx < pg_snapshot_xmin(pg_current_snapshot()) as settled
      from log.events
      where (tx, id) > (${String(after.tx)}::text::xid8, ${String(after.id)}::text::bigint)
        and (${upTo === undefined} or
          (tx, id) <= (${String(upTo?.tx ?? 0)}::text::xid8, ${String(upTo?.id ?? 0)}::text::bigint))
      order by tx, id
      limit ${BATCH_SIZE}`
    const settled = rows.filter((row) => row.settled)
    return { events: settled.map(toEvent), more: rows.length === BATCH_SIZE || settled.length < rows.length }
  })
}

function toEvent(row: EventRow): StoredEvent {
  // The catalogue types what append() lets in, and nothing else writes to the table.
  const event = {
    type: row.type,
    subject: { type: row.subject_type, id: row.subject_id },
    payload: row.payload,
  } as NewEvent
  return {
    ...event,
    companyId: row.company_id,
    at: row.created_at,
    position: { tx: BigInt(row.tx), id: row.id },
  }
}
