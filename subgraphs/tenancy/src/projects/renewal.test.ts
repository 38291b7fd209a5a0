import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renew, type RenewalTerms } from './renewal.ts'

const monthly = (anchor: string, expiresAt = anchor, timeZone = 'UTC'): RenewalTerms => ({
  subscriptionType: 'MONTHLY',
  anchor: new Date(anchor),
  expiresAt: new Date(expiresAt),
  timeZone,
})

describe('a renewal', () => {
  test('is for a month, from the end and not from the moment at which it is done', () => {
    const terms = monthly('2026-11-15T10:00:00Z')
    expect(renew(terms, new Date('2026-11-15T09:30:00Z'))).toEqual({
      expiresAt: new Date('2026-12-15T10:00:00Z'),
      periods: 1,
    })
  })

  test('is for a year', () => {
    const terms = { ...monthly('2026-11-15T10:00:00Z'), subscriptionType: 'YEARLY' } as const
    expect(renew(terms, terms.expiresAt).expiresAt).toEqual(new Date('2027-11-15T10:00:00Z'))
  })

  test('of a 31st ends on the last day of shorter months, and on a 31st again', () => {
    const ends: string[] = []
    let expiresAt = '2027-01-31T12:00:00.000Z'
    for (let month = 0; month < 4; month++) {
      const terms = monthly('2027-01-31T12:00:00.000Z', expiresAt)
      expiresAt = renew(terms, terms.expiresAt).expiresAt.toISOString()
      ends.push(expiresAt)
    }
    expect(ends).toEqual([
      '2027-02-28T12:00:00.000Z',
      '2027-03-31T12:00:00.000Z',
      '2027-04-30T12:00:00.000Z',
      '2027-05-31T12:00:00.000Z',
    ])
  })

  test('of a 29 February ends on the 28th, and on the 29th of the next leap year', () => {
    const leapDay = { ...monthly('2028-02-29T00:00:00Z'), subscriptionType: 'YEARLY' } as const
    expect(renew(leapDay, leapDay.expiresAt).expiresAt).toEqual(new Date('2029-02-28T00:00:00Z'))
    const third = { ...leapDay, expiresAt: new Date('2031-02-28T00:00:00Z') }
    expect(renew(third, third.expiresAt).expiresAt).toEqual(new Date('2032-02-29T00:00:00Z'))
  })

  test('keeps the time of day in the company’s zone, over a change of the clocks', () => {
    // Midnight in Berlin before and after the clocks go forward on 2027-03-28.
    const terms = monthly('2027-03-14T23:00:00Z', undefined, 'Europe/Berlin')
    expect(renew(terms, terms.expiresAt).expiresAt).toEqual(new Date('2027-04-14T22:00:00Z'))
  })

  test('is of the day that the company’s zone has then', () => {
    // In Auckland it is 31 January already: the next end is 28 February there.
    const terms = monthly('2027-01-30T11:30:00Z', undefined, 'Pacific/Auckland')
    expect(renew(terms, terms.expiresAt).expiresAt).toEqual(new Date('2027-02-27T11:30:00Z'))
  })

  test('catches up with every month that nobody renewed', () => {
    const terms = monthly('2026-01-31T12:00:00Z', '2026-02-28T12:00:00Z')
    expect(renew(terms, new Date('2026-06-10T00:00:00Z'))).toEqual({
      expiresAt: new Date('2026-06-30T12:00:00Z'),
      periods: 4,
    })
  })

  test('once late is the same as each in time', () => {
    const day = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2030-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Pacific/Apia',
      'Australia/Lord_Howe',
    )
    const type = fc.constantFrom('MONTHLY' as const, 'YEARLY' as const)
    fc.assert(
      fc.property(
        day,
        zone,
        type,
        fc.integer({ min: 0, max: 1500 }),
        (anchor, timeZone, subscriptionType, days) => {
          const after = new Date(anchor.getTime() + days * 86_400_000)
          const terms = { subscriptionType, anchor, timeZone }
          let expiresAt = anchor
          let periods = 0
          do {
            expiresAt = renew({ ...terms, expiresAt }, expiresAt).expiresAt
            periods++
          } while (expiresAt <= after)
          expect(renew({ ...terms, expiresAt: anchor }, after)).toEqual({ expiresAt, periods })
        },
      ),
      { numRuns: 300 },
    )
  })
})
