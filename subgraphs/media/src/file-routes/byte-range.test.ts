import { describe, expect, test } from 'vitest'
import { requestedBytes } from './byte-range.ts'

const whole = { kind: 'whole' }
const none = { kind: 'unsatisfiable' }
const part = (start: number, end: number) => ({ kind: 'part', start, end })

describe('of a file of 1000 bytes', () => {
  test.each([
    [undefined, whole],
    ['bytes=0-', part(0, 999)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=100-199', part(100, 199)],
    ['bytes=999-', part(999, 999)],
    ['bytes=0-5000', part(0, 999)],
    ['bytes=-1', part(999, 999)],
    ['bytes=-5000', part(0, 999)],
    ['bytes=1000-', none],
    ['bytes=1000-2000', none],
    ['bytes=-0', none],
    ['bytes=200-100', whole],
    ['bytes=-', whole],
    ['bytes=0-1,5-6', whole],
    ['lines=0-1', whole],
    ['bytes=a-b', whole],
    ['bytes=0-99999999999999999999', whole],
  ])('%s asks for %o', (header, expected) => {
    expect(requestedBytes(header, 1000)).toEqual(expected)
  })
})

test.each([
  ['bytes=0-', none],
  ['bytes=-1', none],
  [undefined, whole],
])('of an empty file %s asks for %o', (header, expected) => {
  expect(requestedBytes(header, 0)).toEqual(expected)
})
