import { setTimeout as delay } from 'node:timers/promises'
import { createPool, type Pool } from '@arv/database/pool'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLimiter, openRateLimitStore, type RateLimitStore } from '../src/index.ts'

const policy = { name: 'tests', points: 10, windowSeconds: 60 }
const silent = pino({ level: 'silent' })

let database: TestDatabase
let owner: Pool
let one: RateLimitStore
let other: RateLimitStore

beforeAll(async () => {
  database = await createTestDatabase()
  owner = createPool(database.ownerUrl, { max: 1 })
  one = openRateLimitStore({ url: database.urls.gateway, logger: silent })
  other = openRateLimitStore({ url: database.urls.gateway, logger: silent })
})

afterAll(async () => {
  await Promise.all([one.close(), other.close(), owner.end()])
  await database.drop()
})

beforeEach(() => owner`truncate gateway.rate_limits`)

describe('counters in the database', () => {
  test('are shared by all who open them, at once and exactly', async () => {
    const [here, there] = [createLimiter(policy, one), createLimiter(policy, other)]
    const charges = await Promise.all(
      Array.from({ length: 15 }, () => [here.charge('ann'), there.charge('ann')]).flat(),
    )
    expect(charges.filter(({ allowed }) => allowed)).toHaveLength(10)
    expect(await there.charge('bob')).toEqual({
      policy,
      allowed: true,
      remaining: 9,
      resetSeconds: 60,
    })
  })

  test('begin again when their window has ended', async () => {
    await createLimiter(policy, one).charge('ann', 7)
    await owner`update gateway.rate_limits set expires_at = now()`
    expect(await createLimiter(policy, other).charge('ann', 2)).toMatchObject({
      remaining: 8,
      resetSeconds: 60,
    })
  })

  test('are not asked about who has used up their points', async () => {
    const limiter = createLimiter(policy, one)
    await limiter.charge('ann', 10)
    await limiter.charge('ann')
    await owner`truncate gateway.rate_limits`
    expect(await limiter.charge('ann')).toMatchObject({ allowed: false, remaining: 0 })
    expect(await owner`select key from gateway.rate_limits`).toHaveLength(0)
  })

  test('are removed once their window has ended', async () => {
    const limiter = createLimiter(policy, one)
    await limiter.charge('ann')
    await limiter.charge('bob')
    await owner`update gateway.rate_limits set expires_at = now() where key = 'tests:ann'`
    await one.removeExpired()
    expect([...(await owner`select key from gateway.rate_limits`)]).toEqual([{ key: 'tests:bob' }])
  })

  test('are not worth a write-ahead log', async () => {
    const [table] = await owner`
      select relpersistence from pg_class where oid = 'gateway.rate_limits'::regclass`
    expect(table).toEqual({ relpersistence: 'u' })
  })
})

describe('while the database is away', () => {
  test('each process counts for itself, and says so once', async () => {
    const lines: { level: number; msg: string }[] = []
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const store = openRateLimitStore({ url: 'postgres://arv_gateway_login:x@127.0.0.1:1/arv', logger })
    const limiter = createLimiter(policy, store)
    const standings = [
      await limiter.charge('ann', 9),
      await limiter.charge('ann'),
      await limiter.charge('ann'),
    ]
    expect(standings.map(({ allowed, remaining }) => ({ allowed, remaining }))).toEqual([
      { allowed: true, remaining: 1 },
      { allowed: true, remaining: 0 },
      { allowed: false, remaining: 0 },
    ])
    expect(lines.map(({ level, msg }) => ({ level, msg }))).toEqual([
      { level: 40, msg: 'the rate limits’ database does not answer: counting in this process' },
    ])
    await store.close()
  })

  test('nobody waits for it for longer than half a second', async () => {
    const store = openRateLimitStore({ url: database.urls.gateway, logger: silent })
    const limiter = createLimiter(policy, store)
    await limiter.charge('ann')
    await owner.begin(async (sql) => {
      await sql`lock table gateway.rate_limits in access exclusive mode`
      const begun = performance.now()
      expect(await limiter.charge('ann')).toMatchObject({ allowed: true, remaining: 9 })
      expect(performance.now() - begun).toBeLessThan(1500)
      const again = performance.now()
      expect(await limiter.charge('ann')).toMatchObject({ allowed: true, remaining: 8 })
      expect(performance.now() - again).toBeLessThan(250)
    })
    await delay(50)
    await store.close()
  })
})
