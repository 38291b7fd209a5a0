import { expect, test } from 'vitest'
import { markerText, projectText, quotaText, subscriptionText } from './notification-text.ts'

const reader = { companyName: 'Acme', timeZone: 'Europe/Berlin' }
const expiresAt = new Date('2026-12-08T17:00:00Z')

test.each([
  ['notice', '2026-12-01T08:00:00Z', 'Project “Summer” ends in 7 days'],
  ['notice', '2026-12-07T08:00:00Z', 'Project “Summer” ends tomorrow'],
  ['day', '2026-12-08T08:00:00Z', 'Project “Summer” ends today'],
  ['ended', '2026-12-08T17:00:00Z', 'Project “Summer” has ended'],
] as const)('the subject of a project’s end, %s at %s', (tag, now, subject) => {
  expect(projectText(tag, { name: 'Summer', expiresAt }, reader, new Date(now)).subject).toBe(subject)
})

test('moments are said as the company’s clocks show them, and midnight as the end of a day', () => {
  const said = (end: Date) =>
    projectText('day', { name: 'Summer', expiresAt: end }, reader, new Date('2026-12-08T08:00:00Z')).message
  expect(said(expiresAt)).toContain('ends on 8 December 2026 at 18:00 (Europe/Berlin).')
  expect(said(new Date('2026-12-08T23:00:00Z'))).toContain(
    'ends at the end of 8 December 2026 (Europe/Berlin).',
  )
})

test('the other texts', () => {
  const graceUntil = new Date('2026-12-15T17:00:00Z')
  expect(subscriptionText('ended', { expiresAt, graceUntil }, reader, expiresAt)).toEqual({
    subject: 'The subscription of Acme has ended',
    message:
      'The subscription of Acme ended on 8 December 2026 at 18:00 (Europe/Berlin). Visitors see your contents as before until it is over for good on 15 December 2026 at 18:00 (Europe/Berlin). Renew it before that.',
  })
  expect(quotaText(80, { usedBytes: 8.04 * 2 ** 30, quotaGb: 10 }, reader)).toEqual({
    subject: 'The storage of Acme is 80 % full',
    message: 'Acme uses 8.0 of its 10 GB of storage. Once it is full, no more files can be uploaded.',
  })
  expect(markerText('“Poster”', 'TOO_SMALL')).toEqual({
    subject: 'No marker could be made of “Poster”',
    message:
      'A phone can’t recognise “Poster”, because no marker could be made of its image: it has too few pixels. Use a larger one.',
  })
})
