import { type IRateLimiterStoreOptions, RateLimiterRes } from 'rate-limiter-flexible'
import RateLimiterStoreAbstract from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js'

/** What is kept of a key. */
export interface Count {
  readonly points: number
  readonly msLeft: number
}

/** Adds points to a key in one atomic step; `anew` sets them instead, and begins a window. */
export type AddPoints = (key: string, points: number, windowMs: number, anew: boolean) => Promise<Count>

/** The library's face of a store: its own are for other drivers. It calls what begins with an underscore. */
export class SharedCounter extends RateLimiterStoreAbstract {
  readonly #add: AddPoints

  constructor(options: Omit<IRateLimiterStoreOptions, 'storeClient'>, add: AddPoints) {
    super({ ...options, storeClient: undefined })
    this.#add = add
  }

  _upsert(key: string, points: number, windowMs: number, anew = false): Promise<Count> {
    return this.#add(key, points, windowMs, anew)
  }

  _getRateLimiterRes(_key: string, changed: number, { points, msLeft }: Count): RateLimiterRes {
    return new RateLimiterRes(Math.max(this.points - points, 0), msLeft, points, points === changed)
  }
}
