import { fromGlobalId } from '@arv/relay'

interface Loader<Row> {
  load(id: number): Promise<Row | null>
}

/** The row that a global id names; null when it is malformed, of another type, or nobody's that the caller may see. */
export async function loadByGlobalId<Row>(
  type: string,
  globalId: string,
  loader: Loader<Row>,
): Promise<Row | null> {
  const id = fromGlobalId(type, globalId)
  return id === null ? null : loader.load(id)
}
