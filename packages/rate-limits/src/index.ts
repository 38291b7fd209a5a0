export { createLimiter, type Limiter, type Standing } from './limiter.ts'
export { networkOf } from './network.ts'
export type { Policy } from './policy.ts'
export { openRateLimitStore, type RateLimitStore } from './rate-limit-store.ts'
