import { describe, expect, test } from 'vitest'
import { isPlayedToEnd } from './completion.ts'

describe('a looping video of ten seconds', () => {
  test.each([
    ['is not at its end in the middle', 4.8, 5, false],
    ['is not at its end nine seconds in', 8.8, 9.05, false],
    ['is at its end within the last half second', 9.3, 9.55, true],
    ['is at its end when it stands there', 9.9, 10, true],
    ['was at its end when it jumped back to the beginning', 9.4, 0.1, true],
    ['was not when somebody went a little back', 5, 3, false],
    ['was not when it was begun again early on', 4, 0, false],
    ['was not when somebody went far back from before its end', 8.5, 1, false],
    ['was not when somebody in its last second went a little back', 9.2, 7.5, false],
  ])('%s', (_, before, now, expected) => {
    expect(isPlayedToEnd(before, now, 10)).toBe(expected)
  })
})

describe('other videos', () => {
  test('of one second: only its last quarter is its end', () => {
    expect(isPlayedToEnd(0.3, 0.6, 1)).toBe(false)
    expect(isPlayedToEnd(0.6, 0.8, 1)).toBe(true)
    expect(isPlayedToEnd(0.7, 0.1, 1)).toBe(true)
  })

  test('whose length is not known, or has no end, have none', () => {
    expect(isPlayedToEnd(0, 100, Number.NaN)).toBe(false)
    expect(isPlayedToEnd(0, 100, Number.POSITIVE_INFINITY)).toBe(false)
    expect(isPlayedToEnd(0, 0, 0)).toBe(false)
  })
})
