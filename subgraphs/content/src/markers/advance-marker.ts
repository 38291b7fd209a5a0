import type { MarkerOutcome } from '@arv/jobs'
import { isAwaited, type Marker } from './marker.ts'
import { markerErrorSentence } from './marker-error.ts'

/** What a worker says of one run of one request to compile. */
export interface MarkerReport {
  readonly generation: number
  readonly attempt: number
  readonly outcome: MarkerOutcome
}

/**
 * The marker after a report, or null when the report changes nothing. Reports come late, twice and out of order, from
 * workers that were given up as well: a report counts only for the present request, from a run that is no older than
 * the latest one heard of, and never leads backward. A marker that is complete stays so.
 */
export function advanceMarker(marker: Marker, report: MarkerReport, now: Date): Marker | null {
  const { generation, attempt, outcome } = report
  if (generation !== marker.generation || attempt < marker.attempts) return null
  switch (outcome.status) {
    case 'PROCESSING':
      return process(marker, attempt)
    case 'COMPLETED':
      return marker.status === 'COMPLETED' ? null : complete(marker, attempt, outcome, now)
    case 'FAILED':
      return isAwaited(marker) ? fail(marker, attempt, outcome) : null
  }
}

function process(marker: Marker, attempt: number): Marker | null {
  if (!isAwaited(marker) || (marker.status === 'PROCESSING' && marker.attempts === attempt)) return null
  return { ...marker, status: 'PROCESSING', attempts: attempt }
}

function complete(
  marker: Marker,
  attempts: number,
  { fileId, rating, featureCount }: Extract<MarkerOutcome, { status: 'COMPLETED' }>,
  now: Date,
): Marker {
  return {
    ...marker,
    status: 'COMPLETED',
    attempts,
    fileId,
    rating,
    featureCount,
    generatedAt: now,
    errorCode: null,
    errorMessage: null,
  }
}

function fail(
  marker: Marker,
  attempts: number,
  { code, rating, featureCount }: Extract<MarkerOutcome, { status: 'FAILED' }>,
): Marker {
  const failed: Marker = {
    ...marker,
    status: 'FAILED',
    attempts,
    errorCode: code,
    errorMessage: markerErrorSentence(code),
  }
  // Where an earlier file still works, the figures stay those of that file.
  return marker.fileId === null ? { ...failed, rating, featureCount } : failed
}
