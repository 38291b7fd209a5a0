import { describe, expect, test } from 'vitest'
import { durationProblem, visitorAddress } from './view-session.ts'

describe('a duration', () => {
  test.each([0, 1, 86_400])('of %i seconds is taken', (seconds) => {
    expect(durationProblem(seconds)).toBeUndefined()
  })

  test.each([-1, 86_401, 2_147_483_647])('of %i seconds is refused', (seconds) => {
    expect(durationProblem(seconds)).toEqual({
      code: 'INVALID',
      field: ['durationSeconds'],
      message: 'A visit lasts from 0 to 86400 seconds.',
    })
  })
})

describe("a visitor's address", () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:999.0.0.1', null],
    ['unix:', null],
    ['203.0.113.9, 10.0.0.1', null],
    ['', null],
    [null, null],
  ])('%j is kept as %j', (given, kept) => {
    expect(visitorAddress(given)).toBe(kept)
  })
})
