/** How long the fetches of one request may take together, so that it is answered within five seconds. */
const READS_MS = 4500

/** The time that one request has for reading, however many subgraphs it has to ask one after another. */
export interface ReadBudget {
  /** Milliseconds that are left, counted from the first question. */
  left(context: object): number
  /** A mutation took time of its own: what is read after it has all of its time. */
  renew(context: object): void
}

export function createReadBudget(): ReadBudget {
  const ends = new WeakMap<object, number>()
  return {
    left(context) {
      const now = performance.now()
      const end = ends.get(context) ?? now + READS_MS
      ends.set(context, end)
      return Math.max(end - now, 0)
    },
    renew: (context) => void ends.delete(context),
  }
}
