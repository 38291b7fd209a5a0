import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { subscriptionStatus } from './subscription-status.ts'

const expiresAt = new Date('2026-11-30T00:00:00Z')

test.each([
  ['2026-10-30T23:59:59.999Z', 'ACTIVE'],
  ['2026-10-31T00:00:00.000Z', 'EXPIRING'],
  ['2026-11-29T23:59:59.999Z', 'EXPIRING'],
  ['2026-11-30T00:00:00.000Z', 'GRACE'],
  ['2026-12-06T23:59:59.999Z', 'GRACE'],
  ['2026-12-07T00:00:00.000Z', 'EXPIRED'],
])('a subscription that ends on 30 November is at %s %s', (instant, status) => {
  expect(subscriptionStatus(expiresAt, new Date(instant))).toBe(status)
})

test('a subscription without an end is ACTIVE for ever', () => {
  expect(subscriptionStatus(null, new Date('9999-12-31T00:00:00Z'))).toBe('ACTIVE')
})

test('a subscription that nobody changes only ever goes on in its life', () => {
  const order = ['ACTIVE', 'EXPIRING', 'GRACE', 'EXPIRED']
  const moment = fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2027-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(fc.option(moment), moment, moment, (end, one, other) => {
      const [earlier, later] = one <= other ? [one, other] : [other, one]
      expect(order.indexOf(subscriptionStatus(end, earlier))).toBeLessThanOrEqual(
        order.indexOf(subscriptionStatus(end, later)),
      )
    }),
  )
})
