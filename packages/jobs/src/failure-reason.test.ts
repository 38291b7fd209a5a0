import { expect, test } from 'vitest'
import { failureReason } from './failure-reason.ts'

const reasonOf = (message: string) => failureReason({ message, name: 'Error', stack: 'at /srv/arv/x.ts:1' })

test.each([
  ['connect ECONNREFUSED 10.0.0.7:5432', 'connect ECONNREFUSED <address>'],
  [
    "ENOENT: no such file or directory, open '/srv/arv/files/companies/7-acme/images/x.jpg'",
    "ENOENT: no such file or directory, open '<path>'",
  ],
  ['cannot reach postgres://arv:secret@db.internal:5432/arv', 'cannot reach <address>'],
  ['getaddrinfo ENOTFOUND smtp.acme.example:587', 'getaddrinfo ENOTFOUND <address>'],
  ['550 mailbox ada@acme.example unknown', '550 mailbox <e-mail> unknown'],
  ['token y0_AgAAAABk3kPLAADLWwAAAADl5Xo7Q2hVb was refused', 'token <secret> was refused'],
  ['opened C:\\Users\\ada\\arv\\x.jpg twice', 'opened <path> twice'],
  [
    'no asset 0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7 of 3/4 images',
    'no asset 0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7 of 3/4 images',
  ],
  ['Failed query: select * from media.assets where id = $1\nparams: 7', 'a statement failed'],
  ['The image could not be read.\n    at readImage', 'The image could not be read.'],
])('%s → %s', (message, reason) => {
  expect(reasonOf(message)).toBe(reason)
})

test('the code is named where the message does not', () => {
  expect(failureReason({ message: 'the database did not answer', code: 'DATABASE_UNAVAILABLE' })).toBe(
    'the database did not answer (DATABASE_UNAVAILABLE)',
  )
})

test('a job that nobody answered for says so', () => {
  expect(failureReason({ value: { message: 'job heartbeat timeout' } })).toBe('job heartbeat timeout')
})

test('a long message is cut', () => {
  expect(reasonOf('word '.repeat(100))).toHaveLength(160)
})

test.each([null, undefined, 'text', {}])('%j has no reason', (output) => {
  expect(failureReason(output)).toBe('no reason was kept')
})
