import type { Position } from './event-catalogue.ts'

/**
 * Where a subscriber stands: after an event, or at a snapshot of the database, which stands for all events
 * that were visible in it. Clients hold both as opaque text.
 */
export type Cursor =
  | { readonly kind: 'event'; readonly position: Position }
  | {
      readonly kind: 'snapshot'
      readonly xmin: bigint
      readonly xmax: bigint
      readonly running: ReadonlySet<bigint>
    }

/** A snapshot names the transactions that ran then: some twenty digits for each connection that a server may have. */
const LONGEST_CURSOR = 32_768
const LAST_TRANSACTION = 2n ** 64n - 1n

/** The text is no cursor of ours. */
export class InvalidCursorError extends Error {
  readonly code = 'INVALID_CURSOR'

  constructor() {
    super('This cursor is not one that a subscription or a query has returned.')
    this.name = 'InvalidCursorError'
  }
}

/** Events after this cursor have been forgotten: read the present state and start anew. */
export class CursorExpiredError extends Error {
  readonly code = 'CURSOR_EXPIRED'

  constructor() {
    super('This cursor is too old: load the present state and subscribe again without it.')
    this.name = 'CursorExpiredError'
  }
}

const encode = (text: string) => Buffer.from(text, 'latin1').toString('base64url')

export function eventCursor({ tx, id }: Position): string {
  return encode(`e:${tx}:${id}`)
}

/** @param snapshot what `pg_current_snapshot()::text` says, read in the statement that read the state */
export function snapshotCursor(snapshot: string): string {
  return encode(`s:${snapshot}`)
}

/** @throws InvalidCursorError */
export function parseCursor(text: string): Cursor {
  const cursor =
    text.length <= LONGEST_CURSOR ? readCursor(Buffer.from(text, 'base64url').toString('latin1')) : null
  if (cursor === null) throw new InvalidCursorError()
  return cursor
}

function readCursor(text: string): Cursor | null {
  const event = /^e:(\d{1,20}):(\d{1,15})$/.exec(text)
  if (event) {
    const position = { tx: BigInt(event[1] ?? ''), id: Number(event[2]) }
    return position.tx <= LAST_TRANSACTION ? { kind: 'event', position } : null
  }
  const snapshot = /^s:(\d{1,20}):(\d{1,20}):((?:\d{1,20}(?:,\d{1,20})*)?)$/.exec(text)
  if (!snapshot) return null
  const [xmin, xmax] = [BigInt(snapshot[1] ?? ''), BigInt(snapshot[2] ?? '')]
  if (xmin < 1n || xmax < xmin || xmax > LAST_TRANSACTION) return null
  const running = (snapshot[3] ?? '').split(',').filter((tx) => tx !== '')
  return { kind: 'snapshot', xmin, xmax, running: new Set(running.map(BigInt)) }
}

/** The first transaction of which the cursor's holder may have missed something. */
export function oldestMissing(cursor: Cursor): bigint {
  return cursor.kind === 'event' ? cursor.position.tx : cursor.xmin
}

function comparePositions(a: Position, b: Position): number {
  if (a.tx !== b.tx) return a.tx < b.tx ? -1 : 1
  return a.id - b.id
}

/** Whether the cursor's holder has not seen this event. */
export function isMissing(cursor: Cursor, position: Position): boolean {
  if (cursor.kind === 'event') return comparePositions(position, cursor.position) > 0
  return position.tx >= cursor.xmax || cursor.running.has(position.tx)
}
