import { and, sql } from 'drizzle-orm'
import type { Column, SQL } from 'drizzle-orm'
import { keysetOf } from './keyset.ts'
import type { KeysetCondition, KeysetOrder } from './keyset.ts'
import type { Page } from './page.ts'
import type { SortValue } from './ordering.ts'

export interface KeysetColumns {
  /** The column that the ordering names; the id column again when the ordering is by id alone. */
  readonly sort: Column
  readonly id: Column
}

export interface DrizzleKeyset {
  /** To be joined with the list's own conditions by `and`; undefined on a first page. */
  readonly where: SQL | undefined
  readonly orderBy: SQL[]
  readonly limit: number
  /** Select it beside the row: it is the `sort` of the row's position. */
  readonly sortValue: SQL<SortValue>
}

/**
 * The keyset query of a page for drizzle.
 * @example
 * const keyset = drizzleKeyset(page, { sort: projects.createdAt, id: projects.id })
 * const rows = await tx.select({ project: projects, sort: keyset.sortValue }).from(projects)
 *   .where(and(eq(projects.companyId, companyId), keyset.where)).orderBy(...keyset.orderBy).limit(keyset.limit)
 * return toConnection({ page, rows, positionOf: (row) => ({ sort: row.sort, id: row.project.id }), … })
 */
export function drizzleKeyset(page: Page, columns: KeysetColumns): DrizzleKeyset {
  const keyset = keysetOf(page)
  return {
    where: and(...keyset.where.map((condition) => conditionSql(condition, columns))),
    orderBy: keyset.orderBy.map((order) => orderSql(order, columns)),
    limit: keyset.limit,
    sortValue: sortValueSql(page, columns.sort),
  }
}

function conditionSql(condition: KeysetCondition, columns: KeysetColumns): SQL {
  const { sort, id } = columns
  switch (condition.kind) {
    case 'pair': {
      // As text first: a parameter that the server takes for a timestamp, postgres.js sends as a Date, without
      // its microseconds.
      const value = sql`${condition.sort}::text::${sql.raw(sort.getSQLType())}`
      return sql`(${sort}, ${id}) ${sql.raw(condition.op)} (${value}, ${condition.id}::bigint)`
    }
    case 'id':
      return sql`${id} ${sql.raw(condition.op)} ${condition.id}::bigint`
    case 'sortIsNull':
      return sql`${sort} is null`
    case 'sortIsNotNull':
      return sql`${sort} is not null`
    case 'and':
    case 'or': {
      const parts = condition.conditions.map((part) => conditionSql(part, columns))
      return sql`(${sql.join(parts, sql.raw(` ${condition.kind} `))})`
    }
  }
}

function orderSql(order: KeysetOrder, columns: KeysetColumns): SQL {
  const nulls = order.nulls === null ? '' : ` nulls ${order.nulls}`
  return sql`${columns[order.column]} ${sql.raw(order.direction + nulls)}`
}

function sortValueSql({ ordering }: Page, sort: Column): SQL<SortValue> {
  if (ordering.type === 'id') return sql<SortValue>`null`
  if (ordering.type !== 'timestamp') return sql<SortValue>`${sort}`
  return sql<SortValue>`to_char(${sort} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}
