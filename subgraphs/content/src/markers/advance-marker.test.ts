import type { MarkerOutcome } from '@arv/jobs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advanceMarker, type MarkerReport } from './advance-marker.ts'
import { type Marker, requestAgain } from './marker.ts'

const NOW = new Date('2026-11-05T12:00:00Z')

const pending: Marker = {
  status: 'PENDING',
  generation: 1,
  attempts: 0,
  fileId: null,
  rating: null,
  featureCount: null,
  generatedAt: null,
  errorCode: null,
  errorMessage: null,
}
const PROCESSING: MarkerOutcome = { status: 'PROCESSING' }
const COMPLETED: MarkerOutcome = { status: 'COMPLETED', fileId: 5, rating: 4.2, featureCount: 310 }
const FAILED: MarkerOutcome = { status: 'FAILED', code: 'TOO_FEW_FEATURES', rating: 0.4, featureCount: 12 }

const report = (outcome: MarkerOutcome, attempt = 1, generation = 1): MarkerReport => ({
  generation,
  attempt,
  outcome,
})

/** The marker after all reports that count. */
const after = (marker: Marker, ...reports: MarkerReport[]): Marker =>
  reports.reduce((current, each) => advanceMarker(current, each, NOW) ?? current, marker)

describe('a marker', () => {
  test('is processing once a run has begun', () => {
    expect(after(pending, report(PROCESSING))).toEqual({ ...pending, status: 'PROCESSING', attempts: 1 })
  })

  test('is complete with its file, rating and number of points', () => {
    expect(after(pending, report(PROCESSING), report(COMPLETED))).toEqual({
      ...pending,
      status: 'COMPLETED',
      attempts: 1,
      fileId: 5,
      rating: 4.2,
      featureCount: 310,
      generatedAt: NOW,
    })
  })

  test('has failed with a reason that a person understands', () => {
    expect(after(pending, report(PROCESSING), report(FAILED))).toEqual({
      ...pending,
      status: 'FAILED',
      attempts: 1,
      rating: 0.4,
      featureCount: 12,
      errorCode: 'TOO_FEW_FEATURES',
      errorMessage:
        'There is too little in the image to tell it from others: choose one with more detail and contrast, and without repeating patterns.',
    })
  })

  test('may be settled by a report that overtook the one of its beginning', () => {
    const completed = after(pending, report(COMPLETED))
    expect(completed.status).toBe('COMPLETED')
    expect(advanceMarker(completed, report(PROCESSING), NOW)).toBeNull()
  })

  test('counts a later run', () => {
    expect(after(pending, report(PROCESSING), report(PROCESSING, 2))).toMatchObject({
      status: 'PROCESSING',
      attempts: 2,
    })
  })
})

describe('a report counts for nothing', () => {
  test('when it is repeated', () => {
    expect(advanceMarker(after(pending, report(PROCESSING)), report(PROCESSING), NOW)).toBeNull()
    expect(advanceMarker(after(pending, report(COMPLETED)), report(COMPLETED), NOW)).toBeNull()
    expect(advanceMarker(after(pending, report(FAILED)), report(FAILED), NOW)).toBeNull()
  })

  test('when it comes from a run that was given up', () => {
    const second = after(pending, report(PROCESSING, 2))
    for (const outcome of [PROCESSING, COMPLETED, FAILED]) {
      expect(advanceMarker(second, report(outcome, 1), NOW)).toBeNull()
    }
  })

  test('when it is of an older request, or of one that was never made', () => {
    const again = requestAgain(pending)
    for (const outcome of [PROCESSING, COMPLETED, FAILED]) {
      expect(advanceMarker(again, report(outcome, 9, 1), NOW)).toBeNull()
      expect(advanceMarker(again, report(outcome, 9, 3), NOW)).toBeNull()
    }
  })

  test('when it would lead backward, even from a later run', () => {
    for (const outcome of [COMPLETED, FAILED]) {
      const settled = after(pending, report(outcome))
      expect(advanceMarker(settled, report(PROCESSING, 2), NOW)).toBeNull()
      expect(advanceMarker(settled, report(FAILED, 2), NOW)).toBeNull()
    }
  })
})

describe('a marker that failed', () => {
  test('is complete when a later run succeeds after all', () => {
    expect(after(pending, report(FAILED), report(COMPLETED, 2))).toMatchObject({
      status: 'COMPLETED',
      rating: 4.2,
      errorCode: null,
      errorMessage: null,
    })
  })
})

describe('a marker that is asked for again', () => {
  const completed = after(pending, report(COMPLETED))

  test('waits, and keeps its file until there is a new one', () => {
    expect(requestAgain(completed)).toEqual({ ...completed, status: 'PENDING', generation: 2, attempts: 0 })
    const other: MarkerOutcome = { status: 'COMPLETED', fileId: 6, rating: 3, featureCount: 200 }
    expect(after(requestAgain(completed), report(other, 1, 2))).toMatchObject({ fileId: 6, rating: 3 })
  })

  test('keeps its file, with the figures of that file, when the new one fails', () => {
    expect(after(requestAgain(completed), report(FAILED, 1, 2))).toMatchObject({
      status: 'FAILED',
      fileId: 5,
      rating: 4.2,
      featureCount: 310,
      errorCode: 'TOO_FEW_FEATURES',
    })
  })

  test('forgets why it failed before', () => {
    expect(requestAgain(after(pending, report(FAILED)))).toMatchObject({
      status: 'PENDING',
      errorCode: null,
      errorMessage: null,
    })
  })
})

describe('whatever is reported, in whatever order', () => {
  const anyReport = fc.record({
    generation: fc.integer({ min: 1, max: 3 }),
    attempt: fc.integer({ min: 1, max: 3 }),
    outcome: fc.constantFrom(PROCESSING, COMPLETED, FAILED),
  })

  test('a complete marker stays as it is, and no marker forgets a later run', () => {
    fc.assert(
      fc.property(fc.array(anyReport), anyReport, (reports, last) => {
        const marker = after(pending, ...reports)
        const next = after(marker, last)
        if (marker.status === 'COMPLETED') expect(next).toEqual(marker)
        expect(next.attempts).toBeGreaterThanOrEqual(marker.attempts)
        expect(next.generation).toBe(1)
      }),
    )
  })

  test('hearing everything twice makes no difference', () => {
    fc.assert(
      fc.property(fc.array(anyReport), (reports) => {
        const doubled = reports.flatMap((each) => [each, each])
        expect(after(pending, ...doubled)).toEqual(after(pending, ...reports))
      }),
    )
  })
})
