import { createPool, type PoolOptions } from '@arv/database/pool'
import type { Logger } from 'pino'
import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible'
import type { Policy } from './policy.ts'
import { type AddPoints, type Count, SharedCounter } from './shared-counter.ts'
import { whileItAnswers } from './while-it-answers.ts'

/** Counters in PostgreSQL, which all processes that open it share. */
export interface RateLimitStore {
  /** The library's limiter for a policy. */
  counter(policy: Policy): RateLimiterAbstract
  /** Removes the counters whose window has ended; done once a minute by itself. Never rejects. */
  removeExpired(): Promise<void>
  close(): Promise<void>
}

export interface RateLimitStoreConfig {
  /** The address of the gateway's login. */
  readonly url: string
  readonly ssl?: NonNullable<PoolOptions['ssl']>
  readonly logger: Logger
}

/** A charge is one short statement; more connections would only wait for the same rows. */
const CONNECTIONS = 4
const ROLE = 'arv_gateway'
/** Longer than the store ever needs, shorter than anybody notices: a request waits for it. */
const DEADLINE_MS = 500
const SWEEP_MS = 60_000
/** Rows of one sweep's statement: more would hold their locks for long. */
const SWEEP_ROWS = 5_000

/**
 * Opens the counters in schema `gateway`. While the database is away each process counts for itself, so that a client
 * may have up to as many budgets as there are processes, and is served.
 */
export function openRateLimitStore({ url, ssl = false, logger }: RateLimitStoreConfig): RateLimitStore {
  const pool = createPool(url, {
    max: CONNECTIONS,
    ssl,
    role: ROLE,
    statementTimeoutMs: DEADLINE_MS,
    transactionTimeoutMs: DEADLINE_MS,
  })
  const ask = whileItAnswers({
    deadlineMs: DEADLINE_MS,
    onAway: (error) =>
      logger.warn({ err: error }, 'the rate limits’ database does not answer: counting in this process'),
    onBack: () => logger.info('the rate limits’ database answers again'),
  })

  const add: AddPoints = (key, points, windowMs, anew) =>
    ask(async () => {
      const [count] = await pool<Count[]>`
        insert into gateway.rate_limits as kept (key, points, expires_at)
        values (${key}, ${points}, now() + make_interval(secs => ${windowMs / 1000}))
        on conflict (key) do update set
          points = case when kept.expires_at <= now() or ${anew}
            then excluded.points else kept.points + excluded.points end,
          expires_at = case when kept.expires_at <= now() or ${anew}
            then excluded.expires_at else kept.expires_at end
        returning points, greatest(0, ceil(extract(epoch from expires_at - now()) * 1000))::int as "msLeft"`
      if (!count) throw new Error('a charge was not counted')
      return count
    })

  async function removeExpired(): Promise<void> {
    try {
      await ask(
        () => pool`
          delete from gateway.rate_limits where key in (
            select key from gateway.rate_limits where expires_at <= now()
            limit ${SWEEP_ROWS} for update skip locked)`,
      )
    } catch {
      // It was told that the database is away, and the next sweep finds the same rows.
    }
  }
  const sweep = setInterval(() => void removeExpired(), SWEEP_MS)
  sweep.unref()

  return {
    counter({ name, points, windowSeconds }) {
      const options = { keyPrefix: name, points, duration: windowSeconds }
      return new SharedCounter(
        {
          ...options,
          // Who has used up their points is refused from memory: a flood costs the database nothing.
          inMemoryBlockOnConsumed: points + 1,
          insuranceLimiter: new RateLimiterMemory(options),
        },
        add,
      )
    },
    removeExpired,
    async close() {
      clearInterval(sweep)
      await pool.end({ timeout: 1 })
    },
  }
}
