import { expect, test } from 'vitest'
import { grant } from './reservation.ts'

test.each([
  ['all that is wished for, when there is room', { taken: 0, needed: 10, wished: 50 }, 50],
  ['what is left, when that is enough', { taken: 70, needed: 10, wished: 50 }, 30],
  ['the last byte', { taken: 90, needed: 10, wished: 10 }, 10],
  ['nothing, when one byte is missing', { taken: 91, needed: 10, wished: 10 }, 0],
  ['nothing, when the quota was made smaller than what is taken', { taken: 200, needed: 1, wished: 1 }, 0],
])('of a quota of 100 bytes is granted: %s', (_case, { taken, needed, wished }, granted) => {
  expect(grant({ quotaBytes: 100, takenBytes: taken }, needed, wished)).toBe(granted)
})
