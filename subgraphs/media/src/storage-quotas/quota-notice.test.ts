import { expect, test } from 'vitest'
import { reachedStep } from './quota-notice.ts'

test.each([
  ['nothing below half', 49, 10, null],
  ['half', 50, 1, 50],
  ['half once', 60, 5, null],
  ['the highest of several', 85, 60, 80],
  ['that it is full', 100, 20, 100],
  ['nothing when files go', 55, -10, null],
  ['that it is full when more than the quota is used', 130, 40, 100],
])('of a quota of 100 bytes is told %s', (_case, takenBytes, bytes, step) => {
  expect(reachedStep({ quotaBytes: 100, takenBytes }, bytes)).toBe(step)
})
