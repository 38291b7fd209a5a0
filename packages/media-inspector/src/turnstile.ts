/**
 * Lets at most `width` tasks run at once; the others wait in line. Decoding takes as much memory as a file
 * asks for, so how many are decoded at a time must not be up to the clients.
 */
export function createTurnstile(width: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = width
  const waiting: (() => void)[] = []
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
