/** How many things each of many does at a time. */
export interface Places {
  /** Takes a place of this one's; answers what gives it back, or null when all are taken. */
  take(whose: string): (() => void) | null
}

/** @param most - at a time, for each */
export function createPlaces(most: number): Places {
  const taken = new Map<string, number>()
  return {
    take(whose) {
      const before = taken.get(whose) ?? 0
      if (before >= most) return null
      taken.set(whose, before + 1)
      let isGiven = false
      return () => {
        if (isGiven) return
        isGiven = true
        const left = (taken.get(whose) ?? 0) - 1
        if (left > 0) taken.set(whose, left)
        else taken.delete(whose)
      }
    },
  }
}
