import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRetryPause, pauseMs } from './retry-pause.ts'

test.for([
  [0, 0, 300],
  [0, 1, 3000],
  [1, 1, 6000],
  [2, 0.5, 6600],
  [3, 1, 24_000],
  [4, 1, 30_000],
  [4, 0, 3000],
  [5000, 1, 30_000],
] as const)('after %d failures and a chance of %f, %d ms', ([failures, chance, expected]) => {
  expect(pauseMs(failures, chance)).toBeCloseTo(expected, 6)
})

describe('a pause', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const always = () => 1
  const never = new AbortController().signal

  async function msOf(waiting: Promise<void>): Promise<number> {
    const start = Date.now()
    let end: number | undefined
    void waiting.then(() => (end = Date.now()))
    while (end === undefined) await vi.advanceTimersByTimeAsync(100)
    return end - start
  }

  test('is longer each time, and short again once it went well', async () => {
    const pause = createRetryPause(always)
    expect(await msOf(pause.wait(never))).toBe(3000)
    expect(await msOf(pause.wait(never))).toBe(6000)
    expect(await msOf(pause.wait(never))).toBe(12_000)
    pause.reset()
    expect(await msOf(pause.wait(never))).toBe(3000)
  })

  test('is cut short by who hurries', async () => {
    const pause = createRetryPause(always)
    setTimeout(() => pause.hurry(), 300)
    expect(await msOf(pause.wait(never))).toBe(300)
  })

  test('is cut short by the end of it all, also by one that was before', async () => {
    const pause = createRetryPause(always)
    const closing = new AbortController()
    setTimeout(() => closing.abort(), 300)
    expect(await msOf(pause.wait(closing.signal))).toBe(300)
    expect(await msOf(pause.wait(closing.signal))).toBeLessThanOrEqual(100)
  })

  test('that is over is no pause to hurry', async () => {
    const pause = createRetryPause(always)
    pause.hurry()
    expect(await msOf(pause.wait(never))).toBe(3000)
    pause.hurry()
    expect(await msOf(pause.wait(never))).toBe(6000)
  })
})
