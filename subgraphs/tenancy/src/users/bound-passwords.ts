import { availableParallelism } from 'node:os'
import type { Passwords } from '../tenancy-deps.ts'
import { createTurnstile } from '../turns/turnstile.ts'

/**
 * Two at most: Node hashes on four threads, which files and names need as well, and each hash takes 19 MB. A small
 * machine keeps a processor for everything else.
 */
const AT_ONCE = Math.min(2, Math.max(1, availableParallelism() - 1))
/** A second's worth, or two. */
const WAITING = 50

/**
 * The same passwords, a few at a time, so that a flood of sign-ins leaves the server to others.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE, from both, when too many wait already
 */
export function boundPasswords(passwords: Passwords): Passwords {
  const inTurn = createTurnstile({ atOnce: AT_ONCE, waiting: WAITING })
  return {
    hash: (password) => inTurn(() => passwords.hash(password)),
    verify: (password, hash) => inTurn(() => passwords.verify(password, hash)),
  }
}
