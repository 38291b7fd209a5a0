import type { AttemptLimit } from './attempt-limit.ts'

/** How often somebody may fail to prove who they are. */
export interface AttemptLimits {
  /** With one account's address, from one network. */
  readonly accountFromNetwork: AttemptLimit
  /** With one account's address, from all the world. Somebody who has signed in from their network before is exempt. */
  readonly account: AttemptLimit
  /** From one network, whoever they say they are: a company may sit behind one address. */
  readonly network: AttemptLimit
  /** With refresh tokens that are none, from one network: a browser that wakes up after a month sends one. */
  readonly refresh: AttemptLimit
}

/** How many failures are free. */
export interface FreeAttempts {
  readonly accountFromNetwork: number
  readonly account: number
  readonly network: number
  readonly refresh: number
}

export const FREE_ATTEMPTS: FreeAttempts = { accountFromNetwork: 5, account: 20, network: 100, refresh: 300 }

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** A quarter of an hour at most: who knows only an account's address must not be able to keep its owner out for long. */
const WAITS = { firstWaitSeconds: MINUTE, longestWaitSeconds: 15 * MINUTE }
/** Shorter where honest people share the wait. */
const SHARED_WAITS = { firstWaitSeconds: MINUTE / 2, longestWaitSeconds: 5 * MINUTE }

export function createAttemptLimits(free: FreeAttempts = FREE_ATTEMPTS): AttemptLimits {
  return {
    accountFromNetwork: { free: free.accountFromNetwork, ...WAITS, rememberSeconds: DAY },
    account: { free: free.account, ...WAITS, rememberSeconds: DAY },
    network: { free: free.network, ...SHARED_WAITS, rememberSeconds: HOUR },
    refresh: { free: free.refresh, ...SHARED_WAITS, rememberSeconds: HOUR },
  }
}
