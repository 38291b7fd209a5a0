/** What a PostgreSQL integer key can be at most. */
const LARGEST_INTEGER = 2_147_483_647
/** What a bigint key can be at most that JavaScript can count to. */
export const LARGEST_BIGINT: number = Number.MAX_SAFE_INTEGER

/** The opaque id that the API shows for a row: base64url of `Type:id`. */
export function toGlobalId(type: string, id: number): string {
  return Buffer.from(`${type}:${id}`).toString('base64url')
}

/**
 * The row id in a global id; null for everything that `toGlobalId(type, …)` can't have made: another type, garbage,
 * a number that no PostgreSQL integer key can be, a second spelling. Callers answer null as they answer a row that
 * doesn't exist, so that nobody learns which it was.
 *
 * @param largest what the table's key can be at most: `LARGEST_BIGINT` for those that are no integers
 */
export function fromGlobalId(
  type: string,
  globalId: string,
  largest: number = LARGEST_INTEGER,
): number | null {
  const [, digits] = /^([1-9]\d{0,15})$/.exec(textAfter(`${type}:`, globalId)) ?? []
  if (digits === undefined) return null
  const id = Number(digits)
  return id <= largest && toGlobalId(type, id) === globalId ? id : null
}

function textAfter(prefix: string, globalId: string): string {
  const text = Buffer.from(globalId, 'base64url').toString('utf8')
  return text.startsWith(prefix) ? text.slice(prefix.length) : ''
}
