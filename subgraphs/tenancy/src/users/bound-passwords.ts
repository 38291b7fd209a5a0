import { availableParallelism } from 'node:os'
import { serviceUnavailable } from '@arv/subgraph'
import type { Passwords } from '../tenancy-deps.ts'

/**
 * Two at most: Node hashes on four threads, which files and names need as well, and each hash takes 19 MB. A small
 * machine keeps a processor for everything else.
 */
const AT_ONCE = Math.min(2, Math.max(1, availableParallelism() - 1))
/** A second's worth, or two. */
const WAITING = 50

interface Bounds {
  readonly atOnce: number
  readonly waiting: number
}

/**
 * The same passwords, a few at a time, so that a flood of sign-ins leaves the server to others.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE, from both, when too many wait already
 */
export function boundPasswords(
  passwords: Passwords,
  { atOnce, waiting }: Bounds = { atOnce: AT_ONCE, waiting: WAITING },
): Passwords {
  let free = atOnce
  const line: (() => void)[] = []

  async function inTurn<T>(task: () => Promise<T>): Promise<T> {
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

  return {
    hash: (password) => inTurn(() => passwords.hash(password)),
    verify: (password, hash) => inTurn(() => passwords.verify(password, hash)),
  }
}
