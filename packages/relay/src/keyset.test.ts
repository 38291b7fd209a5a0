import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toConnection } from './connection.ts'
import { keysetOf } from './keyset.ts'
import type { KeysetCondition } from './keyset.ts'
import type { Ordering, Position } from './ordering.ts'
import { parsePageArgs } from './page.ts'
import type { PageArgs } from './page.ts'

/** SQL's view of a condition on a row: null where a comparison meets a null column. */
function holds(condition: KeysetCondition, row: Position): boolean | null {
  switch (condition.kind) {
    case 'pair': {
      if (row.sort === null) return null
      if (row.sort !== condition.sort) return row.sort < condition.sort === (condition.op === '<')
      return condition.op === '<' ? row.id < condition.id : row.id > condition.id
    }
    case 'id':
      return condition.op === '<' ? row.id < condition.id : row.id > condition.id
    case 'sortIsNull':
      return row.sort === null
    case 'sortIsNotNull':
      return row.sort !== null
    case 'and':
      return condition.conditions.every((part) => holds(part, row) === true)
    case 'or':
      return condition.conditions.some((part) => holds(part, row) === true)
  }
}

/** The table, asked as a database would be. */
function select(rows: readonly Position[], args: PageArgs, ordering: Ordering) {
  const reading = parsePageArgs(args, ordering)
  if (reading.kind === 'invalid') throw new Error(reading.message)
  const { where, orderBy, limit } = keysetOf(reading.page)
  const found = rows
    .filter((row) => where.every((condition) => holds(condition, row) === true))
    .toSorted((a, b) => {
      for (const { column, direction, nulls } of orderBy) {
        const [x, y] = [a[column], b[column]]
        if (x === y) continue
        if (x === null || y === null) return (x === null) === (nulls === 'first') ? -1 : 1
        return x < y === (direction === 'asc') ? -1 : 1
      }
      return 0
    })
    .slice(0, limit)
  return toConnection({
    page: reading.page,
    rows: found,
    positionOf: (row) => row,
    nodeOf: (row) => row.id,
    totalCount: () => Promise.resolve(rows.length),
  })
}

/** All ids as walking the pages gives them, in the list's order. */
function walk(
  rows: readonly Position[],
  size: number,
  direction: 'forward' | 'backward',
  ordering: Ordering,
) {
  let ids: number[] = []
  let args: PageArgs = direction === 'forward' ? { first: size } : { last: size }
  for (;;) {
    const { edges, pageInfo } = select(rows, args, ordering)
    const page = edges.map((edge) => edge.node)
    ids = direction === 'forward' ? [...ids, ...page] : [...page, ...ids]
    if (direction === 'forward') {
      if (!pageInfo.hasNextPage) return ids
      args = { first: size, after: pageInfo.endCursor }
    } else {
      if (!pageInfo.hasPreviousPage) return ids
      args = { last: size, before: pageInfo.startCursor }
    }
  }
}

/** The order that a list promises, said in the plainest way. */
function inOrder(rows: readonly Position[], { direction, type }: Ordering): number[] {
  const sign = direction === 'asc' ? 1 : -1
  const byId = (a: Position, b: Position) => sign * (a.id - b.id)
  if (type === 'id') return rows.toSorted(byId).map((row) => row.id)
  const dated = rows.filter((row) => row.sort !== null)
  const undated = rows.filter((row) => row.sort === null)
  const bySort = (a: Position, b: Position) => (String(a.sort) < String(b.sort) ? -sign : sign)
  dated.sort((a, b) => (a.sort === b.sort ? byId(a, b) : bySort(a, b)))
  return [...dated, ...undated.toSorted(byId)].map((row) => row.id)
}

// Ten microseconds of one millisecond, and null: what a bulk import or an "expires never" list looks like.
const timestamp = fc.integer({ min: 0, max: 9 }).map((digit) => `2026-11-05T12:00:00.12300${digit}Z`)
const rowsOf = (sort: fc.Arbitrary<string | null>) =>
  fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 2_147_483_647 }), sort }), {
    selector: (row) => row.id,
    maxLength: 40,
  })
const sizes = fc.integer({ min: 1, max: 12 })
const directions = fc.constantFrom('asc' as const, 'desc' as const)
const walks = fc.constantFrom('forward' as const, 'backward' as const)

describe('walking the pages of a list', () => {
  test.each([
    ['a timestamp, many rows in one millisecond', timestamp, { type: 'timestamp' }],
    ['a timestamp that may be null', fc.option(timestamp), { type: 'timestamp', nullable: true }],
    ['the id alone', fc.constant(null), { type: 'id' }],
  ] as const)('gives each row once and in order, ordered by %s', (_what, sort, shape) => {
    fc.assert(
      fc.property(rowsOf(sort), sizes, directions, walks, (rows, size, direction, way) => {
        const ordering: Ordering = { key: 'AT', direction, ...shape }
        expect(walk(rows, size, way, ordering)).toEqual(inOrder(rows, ordering))
      }),
      { numRuns: 300 },
    )
  })

  test('between two cursors there are the rows between them', () => {
    fc.assert(
      fc.property(
        rowsOf(fc.option(timestamp)),
        fc.nat(),
        fc.nat(),
        directions,
        walks,
        (rows, a, b, direction, way) => {
          fc.pre(rows.length > 0)
          const ordering: Ordering = { key: 'AT', direction, type: 'timestamp', nullable: true }
          const all = select(rows, { first: 100 }, ordering).edges
          const [from = 0, to = 0] = [a % all.length, b % all.length].toSorted((x, y) => x - y)
          const cursors = { after: all[from]?.cursor, before: all[to]?.cursor }
          const between = select(
            rows,
            way === 'forward' ? { first: 100, ...cursors } : { last: 100, ...cursors },
            ordering,
          )
          expect(between.edges).toEqual(all.slice(from + 1, Math.max(to, from + 1)))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('rows that are added or removed between pages neither repeat nor hide another', () => {
    const ordering: Ordering = { key: 'AT', direction: 'asc', type: 'id' }
    const rows = [1, 2, 3, 4, 5].map((id) => ({ id, sort: null }))
    const { pageInfo } = select(rows, { first: 2 }, ordering)
    const later = [...rows.filter((row) => row.id !== 1), { id: 6, sort: null }]
    const second = select(later, { first: 10, after: pageInfo.endCursor }, ordering)
    expect(second.edges.map((edge) => edge.node)).toEqual([3, 4, 5, 6])
  })
})

describe('a connection', () => {
  const ordering: Ordering = { key: 'AT', direction: 'asc', type: 'id' }
  const rows = [1, 2, 3].map((id) => ({ id, sort: null }))

  test('of nothing has no cursors and nothing around it', async () => {
    const connection = select([], {}, ordering)
    expect(connection.edges).toEqual([])
    expect(connection.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    })
    expect(await connection.totalCount()).toBe(0)
  })

  test('says what is around a page in the middle', () => {
    const { pageInfo } = select(rows, { first: 1 }, ordering)
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    expect(select(rows, { first: 1, after: pageInfo.endCursor }, ordering)).toMatchObject({
      edges: [{ node: 2 }],
      pageInfo: { hasNextPage: true, hasPreviousPage: true },
    })
    expect(select(rows, { last: 1 }, ordering)).toMatchObject({
      edges: [{ node: 3 }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
  })
})
