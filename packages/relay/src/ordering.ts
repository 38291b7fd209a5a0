/**
 * How a list is ordered: by one sort column, then by id in the same direction, so that the order is total. Rows whose
 * sort column is null come last in either direction.
 */
export interface Ordering {
  /** Names the column in cursors, e.g. `CREATED_AT`: a cursor of another ordering is refused. */
  readonly key: string
  readonly direction: 'asc' | 'desc'
  /**
   * What the sort column holds. `timestamp` values travel as text in UTC with microseconds, because PostgreSQL has them
   * and a JS Date doesn't: with milliseconds, rows of one millisecond would be skipped or repeated. `id` means that
   * there is no sort column but the id.
   */
  readonly type: 'timestamp' | 'text' | 'integer' | 'id'
  readonly nullable?: boolean
}

/** A sort column's value in a cursor: `2026-11-05T12:00:00.123456Z` for timestamps. */
export type SortValue = string | number | null

/** Where a row is in an ordering. `sort` is null for a null column, and always under an ordering by id alone. */
export interface Position {
  readonly sort: SortValue
  readonly id: number
}
