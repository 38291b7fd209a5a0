import { expect, test } from 'vitest'
import { sayMoment } from './moment.ts'

const NOW = new Date('2026-03-31T20:30:00Z')
/** Between the number and the half of the day stands a narrow space. */
const plain = (text: string) => text.replaceAll(/\s/g, ' ')

test.for([
  ['2026-03-31T21:05:00Z', 'en', 'UTC', '9:05 PM'],
  ['2026-03-31T21:05:00Z', 'ru', 'UTC', '21:05'],
  ['2026-04-01T08:00:00Z', 'en', 'UTC', 'April 1, 2026 at 8:00 AM'],
  ['2026-04-01T08:00:00Z', 'ru', 'UTC', '1 апреля 2026 г. в 08:00'],
  // It is April there already.
  ['2026-04-01T08:00:00Z', 'en', 'Asia/Tokyo', '5:00 PM'],
  // The same day of another year is not today.
  ['2027-03-31T21:05:00Z', 'en', 'UTC', 'March 31, 2027 at 9:05 PM'],
] as const)('%s in %s and %s is %s', ([iso, language, timeZone, expected]) => {
  expect(plain(sayMoment(iso, NOW, language, timeZone))).toBe(expected)
})
