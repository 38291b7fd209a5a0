import { Temporal } from 'temporal-polyfill'

/** What the next end of a project that renews itself follows from. */
export interface RenewalTerms {
  readonly subscriptionType: 'MONTHLY' | 'YEARLY'
  /** The end that a person set. */
  readonly anchor: Date
  /** The end as it is now. */
  readonly expiresAt: Date
  /** Its company's. */
  readonly timeZone: string
}

export interface Renewal {
  readonly expiresAt: Date
  /** How many months or years it took: more than one after a time in which nobody renewed. */
  readonly periods: number
}

const MONTHS = { MONTHLY: 1, YEARLY: 12 } as const

/**
 * The first end after an instant that is whole months or years from the anchor, at its time of day in the company's zone.
 * Always from the anchor, so that a 31st that became a 28th is a 31st again. A local time that clocks skip is as
 * much later, one that comes twice the first.
 */
export function renew({ subscriptionType, anchor, expiresAt, timeZone }: RenewalTerms, after: Date): Renewal {
  const start = Temporal.Instant.fromEpochMilliseconds(anchor.getTime()).toZonedDateTimeISO(timeZone)
  const endOf = (period: number) => start.add({ months: period * MONTHS[subscriptionType] }).epochMilliseconds
  let period = 1
  while (endOf(period) <= expiresAt.getTime()) period++
  const first = period
  while (endOf(period) <= after.getTime()) period++
  return { expiresAt: new Date(endOf(period)), periods: period - first + 1 }
}
