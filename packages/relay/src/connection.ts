import { toCursor } from './cursor.ts'
import type { Page } from './page.ts'
import type { Position } from './ordering.ts'

export interface Edge<Node> {
  readonly cursor: string
  readonly node: Node
}

export interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor: string | null
  readonly endCursor: string | null
}

/** The parent value of a connection type. `totalCount` is called by GraphQL only when it is selected. */
export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[]
  readonly pageInfo: PageInfo
  readonly totalCount: () => Promise<number>
}

interface ConnectionParts<Row, Node> {
  readonly page: Page
  /** What the keyset query returned: up to `limit + 1` rows, reversed when the page is backward. */
  readonly rows: readonly Row[]
  readonly positionOf: (row: Row) => Position
  readonly nodeOf: (row: Row) => Node
  readonly totalCount: () => Promise<number>
}

/** Makes a Relay connection from the rows of a keyset query. */
export function toConnection<Row, Node>(parts: ConnectionParts<Row, Node>): Connection<Node> {
  const { page, rows } = parts
  const hasMore = rows.length > page.limit
  const inOrder = rows.slice(0, page.limit)
  if (page.direction === 'backward') inOrder.reverse()
  const edges = inOrder.map((row) => ({
    cursor: toCursor(page.ordering, parts.positionOf(row)),
    node: parts.nodeOf(row),
  }))
  return {
    edges,
    pageInfo: {
      // In the direction that wasn't read, the row of the cursor itself is what comes before or after.
      hasNextPage: page.direction === 'forward' ? hasMore : page.before !== null,
      hasPreviousPage: page.direction === 'backward' ? hasMore : page.after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: parts.totalCount,
  }
}
