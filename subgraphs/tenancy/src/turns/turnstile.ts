import { serviceUnavailable } from '@arv/subgraph'

/** Runs a task when it is its turn. */
export type Turnstile = <T>(task: () => Promise<T>) => Promise<T>

/**
 * Lets a few tasks run at a time; the others wait in line, which has an end.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE when `waiting` tasks wait already
 */
export function createTurnstile({
  atOnce,
  waiting,
}: {
  readonly atOnce: number
  readonly waiting: number
}): Turnstile {
  let free = atOnce
  const line: (() => void)[] = []
  return async (task) => {
    if (free > 0) {
      free -= 1
    } else {
      if (line.length >= waiting) throw serviceUnavailable()
      await new Promise<void>((resolve) => line.push(resolve))
    }
    try {
      return await task()
    } finally {
      const next = line.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
