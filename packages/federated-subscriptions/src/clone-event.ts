/**
 * A deep copy of a GraphQL response's data: lists and plain objects are copied, everything else (strings,
 * numbers, and whatever an in-process scalar serialises to) is kept as it is.
 *
 * The executor of a query plan writes what it fetches *into* the objects it was given. A source may hand the
 * same event to many subscribers; without a copy of its own, each would see what the others were allowed to fetch.
 */
export function cloneEvent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloneEvent)
  if (!isPlainObject(value)) return value
  // No prototype: `__proto__` is a legal GraphQL alias and must stay an ordinary key.
  const copy: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) copy[key] = cloneEvent(value[key])
  return copy
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
