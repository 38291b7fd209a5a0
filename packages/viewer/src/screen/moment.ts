/**
 * A moment to come, as people say it: only the time if it is today.
 *
 * @param iso - ISO 8601.
 * @param language - a BCP 47 tag.
 * @param timeZone - of the reader; the device's own unless given.
 */
export function sayMoment(iso: string, now: Date, language: string, timeZone?: string): string {
  const moment = new Date(iso)
  const zone = timeZone === undefined ? {} : { timeZone }
  const dayOf = new Intl.DateTimeFormat('en', { ...zone, dateStyle: 'short' })
  const isToday = dayOf.format(moment) === dayOf.format(now)
  const time = { ...zone, timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(language, isToday ? time : { ...time, dateStyle: 'long' }).format(moment)
}
