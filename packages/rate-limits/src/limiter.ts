import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Policy } from './policy.ts'
import type { RateLimitStore } from './rate-limit-store.ts'

/** Where a key stands after a charge. */
export interface Standing {
  readonly policy: Policy
  readonly allowed: boolean
  /** Points left in this window. */
  readonly remaining: number
  /** Seconds until the window ends and all points are there again, rounded up: at least 1. */
  readonly resetSeconds: number
}

export interface Limiter {
  /**
   * Uses up `points` (1 unless given) of what `key` has in the current window, also when they are not there: who goes
   * on asking gets nothing before the window ends. More than the policy's points count as all of them, so that
   * nothing is too dear for ever. Never rejects.
   */
  charge(key: string, points?: number): Promise<Standing>
}

/** Counts in this process, or in a store that several processes share. */
export function createLimiter(policy: Policy, store?: RateLimitStore): Limiter {
  const counter: RateLimiterAbstract = store
    ? store.counter(policy)
    : new RateLimiterMemory({
        keyPrefix: policy.name,
        points: policy.points,
        duration: policy.windowSeconds,
      })
  return {
    async charge(key, points = 1) {
      try {
        return standingOf(policy, true, await counter.consume(key, Math.min(points, policy.points)))
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return standingOf(policy, false, refusal)
        throw refusal
      }
    },
  }
}

function standingOf(
  policy: Policy,
  allowed: boolean,
  { remainingPoints, msBeforeNext }: RateLimiterRes,
): Standing {
  return {
    policy,
    allowed,
    remaining: remainingPoints,
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  }
}
