import { describe, expect, test } from 'vitest'
import {
  type Failures,
  inWords,
  later,
  waitOf,
  waitSeconds,
  waitsUntil,
  withFailure,
} from './attempt-limit.ts'

const limit = { free: 3, firstWaitSeconds: 60, longestWaitSeconds: 900, rememberSeconds: 3600 }
const noon = new Date('2026-11-22T12:00:00Z')
const none: Failures = { failures: 0, blockedUntil: null, expiresAt: noon }

test.each([
  [0, 0],
  [2, 0],
  [3, 60],
  [4, 120],
  [5, 240],
  [6, 480],
  [7, 900],
  [8, 900],
  [2_000_000_000, 900],
])('after %i failures one waits %i seconds', (failures, seconds) => {
  expect(waitSeconds(limit, failures)).toBe(seconds)
})

test('one waits for the longest of several waits', () => {
  const rows = [null, later(noon, 30), later(noon, 45), later(noon, -5)].map((blockedUntil) => ({
    ...none,
    blockedUntil,
    expiresAt: later(noon, 60),
  }))
  expect(waitOf({ rows, now: noon })).toBe(45)
  expect(waitOf({ rows, now: later(noon, 60) })).toBe(0)
  expect(waitOf({ rows: [], now: noon })).toBe(0)
})

describe('one failure more', () => {
  test('counts, and makes wait once the free ones are used up', () => {
    const first = withFailure(none, limit, noon)
    expect(first).toEqual({ failures: 1, blockedUntil: null, expiresAt: later(noon, 3600) })
    const third = withFailure(withFailure(first, limit, noon), limit, noon)
    expect(third).toEqual({ failures: 3, blockedUntil: later(noon, 60), expiresAt: later(noon, 3600) })
    expect(waitsUntil(third, noon)).toEqual(later(noon, 60))
    expect(waitsUntil(third, later(noon, 60))).toBeNull()
    expect(withFailure(third, limit, later(noon, 60)).blockedUntil).toEqual(later(noon, 180))
  })

  test('is the first one when those before are forgotten', () => {
    const before: Failures = { failures: 50, blockedUntil: null, expiresAt: noon }
    expect(withFailure(before, limit, noon).failures).toBe(1)
  })
})

test.each([
  [0, 'in a second'],
  [0.2, 'in a second'],
  [1.2, 'in 2 seconds'],
  [59, 'in 59 seconds'],
  [59.2, 'in a minute'],
  [60, 'in a minute'],
  [61, 'in 2 minutes'],
  [900, 'in 15 minutes'],
])('%d seconds are %s', (seconds, words) => {
  expect(inWords(seconds)).toBe(words)
})
