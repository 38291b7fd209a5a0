import { expect, test } from 'vitest'
import { pauseAfter } from './delivery.ts'

test('each pause is longer than the one before, up to four hours', () => {
  expect([1, 2, 3, 4, 5, 6, 40].map((attempt) => pauseAfter(attempt, 0))).toEqual([
    60, 300, 900, 3600, 14_400, 14_400, 14_400,
  ])
})

test('the other side’s wish replaces the pause', () => {
  expect(pauseAfter(1, 0, 17)).toBe(17)
  expect(pauseAfter(6, 0, 3)).toBe(3)
})

test('after two days it is given up, also when the other side asks to wait for longer', () => {
  expect(pauseAfter(12, 47 * 3600)).toBeNull()
  expect(pauseAfter(1, 0, 172_801)).toBeNull()
})
