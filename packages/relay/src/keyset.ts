import type { Page } from './page.ts'
import type { Ordering, Position, SortValue } from './ordering.ts'

/**
 * A condition on a row's sort column and id, in SQL's three-valued logic: a comparison with a null column is never true.
 * `pair` is the row-value comparison `(sort, id) op (…, …)`, which one index on both columns answers.
 */
export type KeysetCondition =
  | {
      readonly kind: 'pair'
      readonly op: '<' | '>'
      readonly sort: NonNullable<SortValue>
      readonly id: number
    }
  | { readonly kind: 'id'; readonly op: '<' | '>'; readonly id: number }
  | { readonly kind: 'sortIsNull' }
  | { readonly kind: 'sortIsNotNull' }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly KeysetCondition[] }

export interface KeysetOrder {
  readonly column: 'sort' | 'id'
  readonly direction: 'asc' | 'desc'
  /** Given only where the column can be null, so that a plain index serves columns that can't. */
  readonly nulls: 'first' | 'last' | null
}

/** What to ask a database for, free of any query language: `drizzle-keyset.ts` writes it as SQL. */
export interface Keyset {
  /** All must hold. */
  readonly where: readonly KeysetCondition[]
  readonly orderBy: readonly KeysetOrder[]
  /** One more than the page, to know whether more follow. */
  readonly limit: number
}

/** The query for a page. A backward page is read from its end: the rows come reversed and `toConnection` turns them. */
export function keysetOf(page: Page): Keyset {
  const { ordering } = page
  const where = []
  if (page.after) where.push(following(ordering, page.after))
  if (page.before) where.push(preceding(ordering, page.before))
  return { where, orderBy: orderOf(page), limit: page.limit + 1 }
}

function following(ordering: Ordering, { sort, id }: Position): KeysetCondition {
  const op = ordering.direction === 'asc' ? '>' : '<'
  if (ordering.type === 'id') return { kind: 'id', op, id }
  if (sort === null) return { kind: 'and', conditions: [{ kind: 'sortIsNull' }, { kind: 'id', op, id }] }
  const pair: KeysetCondition = { kind: 'pair', op, sort, id }
  return ordering.nullable === true ? { kind: 'or', conditions: [pair, { kind: 'sortIsNull' }] } : pair
}

function preceding(ordering: Ordering, { sort, id }: Position): KeysetCondition {
  const op = ordering.direction === 'asc' ? '<' : '>'
  if (ordering.type === 'id') return { kind: 'id', op, id }
  // Nulls come last, so a comparison that is never true for them is right here.
  if (sort !== null) return { kind: 'pair', op, sort, id }
  const nullsBefore: KeysetCondition = {
    kind: 'and',
    conditions: [{ kind: 'sortIsNull' }, { kind: 'id', op, id }],
  }
  return { kind: 'or', conditions: [{ kind: 'sortIsNotNull' }, nullsBefore] }
}

function orderOf({ ordering, direction }: Page): KeysetOrder[] {
  const forward = direction === 'forward'
  const sqlDirection = forward === (ordering.direction === 'asc') ? 'asc' : 'desc'
  const byId: KeysetOrder = { column: 'id', direction: sqlDirection, nulls: null }
  if (ordering.type === 'id') return [byId]
  const nulls = ordering.nullable === true ? (forward ? 'last' : 'first') : null
  return [{ column: 'sort', direction: sqlDirection, nulls }, byId]
}
