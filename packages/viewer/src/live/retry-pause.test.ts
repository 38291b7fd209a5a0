import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRetryPause, pauseMs } from './retry-pause.ts'

test.for([
  [0, 0, 500],
  [0, 1, 1000],
  [1, 1, 2000],
  [2, 0.5, 3000],
  [4, 1, 16_000],
  [5, 1, 30_000],
  [5, 0, 15_000],
  [5000, 1, 30_000],
] as const)('after %d failures and a chance of %f, %d ms', ([failures, chance, expected]) => {
  expect(pauseMs(failures, chance)).toBe(expected)
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
    expect(await msOf(pause.wait(never))).toBe(1000)
    expect(await msOf(pause.wait(never))).toBe(2000)
    expect(await msOf(pause.wait(never))).toBe(4000)
    pause.reset()
    expect(await msOf(pause.wait(never))).toBe(1000)
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
    expect(await msOf(pause.wait(never))).toBe(1000)
    pause.hurry()
    expect(await msOf(pause.wait(never))).toBe(2000)
  })
})
