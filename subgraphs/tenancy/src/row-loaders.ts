import { manyForEach, oneForEach } from '@arv/subgraph'
import DataLoader from 'dataloader'

/** Loads rows by id, all of one tick in one query; null for a row that isn't there for the caller. */
export type RowLoader<Row> = DataLoader<number, Row | null>

/** Loads the rows that belong to one row, those of all rows of one tick in one query. */
export type GroupLoader<Row> = DataLoader<number, Row[]>

export function createRowLoader<Row extends { readonly id: number }>(
  find: (ids: readonly number[]) => Promise<readonly Row[]>,
): RowLoader<Row> {
  return new DataLoader(async (ids) => oneForEach(ids, await find(ids), (row) => row.id))
}

export function createGroupLoader<Row>(
  find: (ids: readonly number[]) => Promise<readonly Row[]>,
  ownerOf: (row: Row) => number,
): GroupLoader<Row> {
  return new DataLoader(async (ids) => manyForEach(ids, await find(ids), ownerOf))
}

/** The row that a global id names; null for none, be it malformed, of another type, foreign or nonexistent. */
export function loadNamed<Row>(loader: RowLoader<Row>, id: number | null): Promise<Row | null> {
  return id === null ? Promise.resolve(null) : loader.load(id)
}

/** A row that a foreign key promises. */
export async function loadExisting<Row>(loader: RowLoader<Row>, id: number): Promise<Row> {
  const row = await loader.load(id)
  if (row === null) throw new Error(`row ${id} is referred to and not there`)
  return row
}
