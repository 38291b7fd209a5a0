import type { Ordering, Position, SortValue } from './ordering.ts'

const MAX_CURSOR_LENGTH = 2048
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})\d{3}Z$/

/** The opaque cursor of a row: base64url of JSON that names the ordering and holds the row's place in it. */
export function toCursor(ordering: Ordering, { sort, id }: Position): string {
  const name = orderingName(ordering)
  return Buffer.from(JSON.stringify(ordering.type === 'id' ? [name, id] : [name, sort, id])).toString(
    'base64url',
  )
}

export type CursorReading =
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'otherOrdering' }

/** Reads a cursor that a client sent. A value that the database could not compare (a 30 February) is malformed. */
export function readCursor(ordering: Ordering, cursor: string): CursorReading {
  const parts = cursor.length <= MAX_CURSOR_LENGTH ? parseArray(cursor) : null
  if (parts === null || typeof parts[0] !== 'string') return { kind: 'malformed' }
  if (parts[0] !== orderingName(ordering)) return { kind: 'otherOrdering' }
  const [sort, id] = ordering.type === 'id' ? [null, parts[1]] : [parts[1], parts[2]]
  if (!isRowId(id) || !isSortValue(ordering, sort)) return { kind: 'malformed' }
  const position = { sort, id }
  return toCursor(ordering, position) === cursor ? { kind: 'position', position } : { kind: 'malformed' }
}

function orderingName({ key, direction }: Ordering): string {
  return `${key} ${direction}`
}

function parseArray(cursor: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function isRowId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function isSortValue(ordering: Ordering, value: unknown): value is SortValue {
  if (value === null) return ordering.type === 'id' || ordering.nullable === true
  switch (ordering.type) {
    case 'timestamp':
      return typeof value === 'string' && isTimestamp(value)
    case 'text':
      // PostgreSQL text can't hold NUL: the comparison would fail instead of the cursor.
      return typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
    case 'integer':
      return Number.isSafeInteger(value)
    case 'id':
      return false
  }
}

function isTimestamp(text: string): boolean {
  const [, upToMilliseconds] = TIMESTAMP.exec(text) ?? []
  if (upToMilliseconds === undefined || text.startsWith('0000')) return false
  const date = new Date(`${upToMilliseconds}Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString() === `${upToMilliseconds}Z`
}
