import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLimiter } from './limiter.ts'

const policy = { name: 'tests', points: 10, windowSeconds: 60 }

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('points are there until they are used up, and all again when the window ends', async () => {
  const limiter = createLimiter(policy)
  expect(await limiter.charge('ann', 7)).toEqual({ policy, allowed: true, remaining: 3, resetSeconds: 60 })
  vi.advanceTimersByTime(20_500)
  expect(await limiter.charge('ann', 3)).toEqual({ policy, allowed: true, remaining: 0, resetSeconds: 40 })
  expect(await limiter.charge('ann')).toEqual({ policy, allowed: false, remaining: 0, resetSeconds: 40 })
  vi.advanceTimersByTime(39_500)
  expect(await limiter.charge('ann')).toEqual({ policy, allowed: true, remaining: 9, resetSeconds: 60 })
})

test('whoever goes on asking waits no longer than the window', async () => {
  const limiter = createLimiter(policy)
  for (let second = 0; second < 59; second++) {
    await limiter.charge('ann', 10)
    vi.advanceTimersByTime(1000)
  }
  expect(await limiter.charge('ann')).toMatchObject({ allowed: false, resetSeconds: 1 })
  vi.advanceTimersByTime(1000)
  expect(await limiter.charge('ann')).toMatchObject({ allowed: true, remaining: 9 })
})

test('keys have budgets of their own, and so have policies', async () => {
  const limiter = createLimiter(policy)
  await limiter.charge('ann', 10)
  expect(await limiter.charge('bob')).toMatchObject({ allowed: true, remaining: 9 })
  expect(await createLimiter({ ...policy, name: 'others' }).charge('ann')).toMatchObject({ remaining: 9 })
})

test('what costs more than there ever is takes all there is', async () => {
  const limiter = createLimiter(policy)
  expect(await limiter.charge('ann', 1_000_000)).toMatchObject({ allowed: true, remaining: 0 })
  expect(await limiter.charge('ann', 1_000_000)).toMatchObject({ allowed: false })
})
