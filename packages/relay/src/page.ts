import { readCursor } from './cursor.ts'
import type { Ordering, Position } from './ordering.ts'

export const DEFAULT_PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

/** A connection field's paging arguments, as GraphQL gives them. */
export interface PageArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

/** Which rows are wanted: up to `limit` between `after` and `before`, from the start (forward) or the end (backward). */
export interface Page {
  readonly ordering: Ordering
  readonly limit: number
  readonly direction: 'forward' | 'backward'
  readonly after: Position | null
  readonly before: Position | null
}

export type PageReading =
  | { readonly kind: 'ok'; readonly page: Page }
  | { readonly kind: 'invalid'; readonly field: keyof PageArgs; readonly message: string }

type CursorOutcome = { kind: 'ok'; position: Position | null } | Extract<PageReading, { kind: 'invalid' }>

/** Checks paging arguments: 1 to 100 rows (20 unless told), `first` or `last` but not both, cursors of this ordering. */
export function parsePageArgs(args: PageArgs, ordering: Ordering): PageReading {
  const { first, last } = args
  if (first != null && last != null) {
    return { kind: 'invalid', field: 'last', message: 'Give either "first" or "last", not both.' }
  }
  const field = last == null ? 'first' : 'last'
  const limit = last ?? first ?? DEFAULT_PAGE_SIZE
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    return { kind: 'invalid', field, message: `"${field}" must be from 1 to ${MAX_PAGE_SIZE}.` }
  }
  const after = readCursorArg('after', args.after, ordering)
  if (after.kind === 'invalid') return after
  const before = readCursorArg('before', args.before, ordering)
  if (before.kind === 'invalid') return before
  const direction = last == null ? 'forward' : 'backward'
  return { kind: 'ok', page: { ordering, limit, direction, after: after.position, before: before.position } }
}

function readCursorArg(
  field: 'after' | 'before',
  cursor: string | null | undefined,
  ordering: Ordering,
): CursorOutcome {
  if (cursor == null) return { kind: 'ok', position: null }
  const reading = readCursor(ordering, cursor)
  switch (reading.kind) {
    case 'position':
      return { kind: 'ok', position: reading.position }
    case 'otherOrdering':
      return {
        kind: 'invalid',
        field,
        message: `"${field}" is a cursor of another ordering: start again without it when the ordering changes.`,
      }
    case 'malformed':
      return {
        kind: 'invalid',
        field,
        message: `"${field}" is not a cursor: use one that this list returned.`,
      }
  }
}
