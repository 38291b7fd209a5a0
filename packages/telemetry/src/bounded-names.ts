/**
 * Turns names that clients choose into label values, of which there may be only so many: each one is a time series
 * for as long as the process lives.
 *
 * @param max how many names beside the known ones keep their own; those that come later are `other`
 * @param known names that always keep theirs
 */
export function boundNames(
  max: number,
  known: Iterable<string> = [],
): (name: string | null | undefined) => string {
  const kept = new Set(known)
  const room = kept.size + max
  return (name) => {
    if (name === null || name === undefined || name === '') return 'anonymous'
    if (kept.has(name)) return name
    if (kept.size >= room || name.length > LONGEST_NAME) return 'other'
    kept.add(name)
    return name
  }
}

const LONGEST_NAME = 80
