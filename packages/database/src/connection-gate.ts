/** Lets as many in as there are connections; the others wait in the order in which they came. */
export interface ConnectionGate {
  /** Resolves when there is a place; what it resolves to gives the place back. */
  enter(): Promise<() => void>
}

export function createConnectionGate(places: number): ConnectionGate {
  const queue: ((leave: () => void) => void)[] = []
  let inside = 0
  const leave = () => {
    const next = queue.shift()
    if (next) next(leave)
    else inside -= 1
  }
  return {
    async enter() {
      if (inside < places) {
        inside += 1
        return leave
      }
      return new Promise((resolve) => queue.push(resolve))
    },
  }
}
