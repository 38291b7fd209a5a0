/**
 * Counts of what fragments multiply: exponential in the document's length, so they stop at the largest exact integer
 * instead of becoming Infinity, which JSON can't hold and which times 0 is no number.
 */
export function plus(one: number, other: number): number {
  return Math.min(one + other, Number.MAX_SAFE_INTEGER)
}

export function times(one: number, other: number): number {
  return Math.min(one * other, Number.MAX_SAFE_INTEGER)
}
