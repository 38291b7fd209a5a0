import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createReadBudget } from './read-budget.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

test('the fetches of a request share 4.5 s, and what is read after a mutation has all of them again', () => {
  const budget = createReadBudget()
  const [one, other] = [{}, {}]
  expect(budget.left(one)).toBe(4500)
  vi.advanceTimersByTime(3000)
  expect([budget.left(one), budget.left(other)]).toEqual([1500, 4500])
  vi.advanceTimersByTime(3000)
  expect([budget.left(one), budget.left(other)]).toEqual([0, 1500])
  budget.renew(one)
  expect(budget.left(one)).toBe(4500)
})
