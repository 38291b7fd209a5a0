import type { Caller } from '@arv/identity'
import { createLimiter, networkOf } from '@arv/rate-limits'
import type { Limiter, Policy, RateLimitStore, Standing } from '@arv/rate-limits'
import type { RateLimitSettings } from './rate-limit-settings.ts'

/** What is counted by the piece, for each address. */
export type Counted = 'requests' | 'uploads' | 'connects' | 'subscriptions' | 'files' | 'qr' | 'pages'

/** What came of asking for something. */
export interface Charge {
  readonly allowed: boolean
  /** What its budget is made of. */
  readonly policies: readonly Policy[]
  /** Where it stands, as far as it was looked at; one for each policy at most. */
  readonly standings: readonly Standing[]
  /** When something is to be had again. */
  readonly retryAfterSeconds: number
}

export interface RateLimits {
  /** Counts one more of something. Never rejects. */
  count(what: Counted, address: string | null): Promise<Charge>
  /** Takes what an operation costs out of the budget of who asks. Never rejects. */
  chargeOperation(caller: Caller, cost: number): Promise<Charge>
}

const MINUTE = 60
/** What a budget has beside its minute's points, for what comes all at once: twice as much, every ten minutes. */
const BURST_FACTOR = 2
const BURST_SECONDS = 10 * MINUTE

/**
 * @param store - shared by several gateways; without one each counts for itself. What is cheaper to answer than to
 *   count there (requests, pages, files, QR codes) is counted by each for itself anyway.
 */
export function createRateLimits(settings: RateLimitSettings, store?: RateLimitStore): RateLimits {
  const byThePiece = (name: Counted, shared?: RateLimitStore) =>
    createLimiter({ name, points: settings[name], windowSeconds: MINUTE }, shared)
  const limiters: Record<Counted, Limiter> = {
    requests: byThePiece('requests'),
    uploads: byThePiece('uploads', store),
    connects: byThePiece('connects', store),
    subscriptions: byThePiece('subscriptions', store),
    files: byThePiece('files'),
    qr: byThePiece('qr'),
    pages: byThePiece('pages'),
  }
  const budgets: Record<BudgetName, Budget> = {
    stranger: createBudget('stranger', settings.stranger, store),
    user: createBudget('user', settings.user, store),
    'api-key': createBudget('api-key', settings.apiKey, store),
  }

  return {
    async count(what, address) {
      const standing = await limiters[what].charge(networkOf(address))
      return {
        allowed: standing.allowed,
        policies: [standing.policy],
        standings: [standing],
        retryAfterSeconds: standing.resetSeconds,
      }
    },
    chargeOperation(caller, cost) {
      const { budget, key } = payerOf(caller)
      return budgets[budget](key, Math.max(cost, 1))
    },
  }
}

type BudgetName = 'stranger' | 'user' | 'api-key'

/** Whose budget pays. */
export function payerOf({ principal, client }: Caller): { budget: BudgetName; key: string } {
  switch (principal.kind) {
    case 'anonymous':
      return { budget: 'stranger', key: networkOf(client.ipAddress) }
    case 'user':
      return { budget: 'user', key: String(principal.userId) }
    case 'apiKey':
      return { budget: 'api-key', key: String(principal.apiKeyId) }
  }
}

type Budget = (key: string, points: number) => Promise<Charge>

function createBudget(name: BudgetName, points: number, store: RateLimitStore | undefined): Budget {
  const sustained: Policy = { name, points, windowSeconds: MINUTE }
  const burst: Policy = { name: `${name}-burst`, points: points * BURST_FACTOR, windowSeconds: BURST_SECONDS }
  const policies = [sustained, burst]
  const [minute, reserve] = [createLimiter(sustained, store), createLimiter(burst, store)]
  return async (key, cost) => {
    const first = await minute.charge(key, cost)
    if (first.allowed) {
      return { allowed: true, policies, standings: [first], retryAfterSeconds: first.resetSeconds }
    }
    const second = await reserve.charge(key, cost)
    return {
      allowed: second.allowed,
      policies,
      standings: [first, second],
      retryAfterSeconds: Math.min(first.resetSeconds, second.resetSeconds),
    }
  }
}
