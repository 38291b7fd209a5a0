import { expect, test } from 'vitest'
import { age, jobsReport } from './jobs-report.ts'

const count = (queue: string, waiting: number, active: number, failed: number, oldestSeconds = 0) =>
  [
    { queue, state: 'waiting', jobs: waiting, oldestSeconds },
    { queue, state: 'active', jobs: active, oldestSeconds: 0 },
    { queue, state: 'failed', jobs: failed, oldestSeconds: 0 },
  ] as const

test('a report has a line for each queue and for each job that is not done', () => {
  const counts = [...count('marker.compile', 1, 1, 1, 7300), ...count('storage.sweep', 0, 0, 0)]
  const jobs = [
    {
      id: 'f-1',
      queue: 'marker.compile',
      state: 'failed',
      runs: 4,
      ageSeconds: 7300,
      reason: 'The image could not be read.',
    },
    { id: 'a-1', queue: 'marker.compile', state: 'active', runs: 1, ageSeconds: 3.2, reason: undefined },
    { id: 'w-1', queue: 'marker.compile', state: 'waiting', runs: 0, ageSeconds: -600, reason: undefined },
  ] as const
  expect(jobsReport(counts, jobs)).toBe(`Queue           waiting   active   failed   oldest
marker.compile        1        1        1      2 h
storage.sweep         0        0        0        -

Jobs
  f-1  marker.compile  failed for 2 h, 4 runs: The image could not be read.
  a-1  marker.compile  active for 3 s, 1 run
  w-1  marker.compile  waiting due in 10 min`)
})

test('jobs that are not shown are counted', () => {
  expect(
    jobsReport(count('a', 9, 0, 0), [])
      .split('\n')
      .at(-1),
  ).toBe('Nothing waits, runs or has failed.')
  const job = { id: 'w-1', queue: 'a', state: 'waiting', runs: 0, ageSeconds: 1, reason: undefined } as const
  expect(
    jobsReport(count('a', 9, 0, 0), [job])
      .split('\n')
      .at(-1),
  ).toBe('  … and 8 more')
})

test.each([
  [0, '0 s'],
  [99, '99 s'],
  [100, '2 min'],
  [3599, '60 min'],
  [86_399, '24 h'],
  [400_000, '5 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(age(seconds)).toBe(text)
})
