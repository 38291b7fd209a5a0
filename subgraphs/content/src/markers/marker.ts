import type { MarkerOutcome } from '@arv/jobs'

export type MarkerStatus = 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED'

export type MarkerErrorCode = Extract<MarkerOutcome, { status: 'FAILED' }>['code']

/** What an image is recognised by, and how far its compilation is. */
export interface Marker {
  readonly status: MarkerStatus
  /** Counts the requests to compile: reports of an older one are late. */
  readonly generation: number
  /** The latest run of the present request that was heard of; 0 for none. */
  readonly attempts: number
  readonly fileId: number | null
  readonly rating: number | null
  readonly featureCount: number | null
  readonly generatedAt: Date | null
  readonly errorCode: MarkerErrorCode | null
  readonly errorMessage: string | null
}

/** A marker as the columns of contents and portraits hold it. */
export interface MarkerColumns {
  readonly markerStatus: MarkerStatus
  readonly markerGeneration: number
  readonly markerAttempts: number
  readonly markerFileId: number | null
  readonly markerRating: number | null
  readonly markerFeatureCount: number | null
  readonly markerGeneratedAt: Date | null
  readonly markerErrorCode: MarkerErrorCode | null
  readonly markerErrorMessage: string | null
}

export function markerOf(row: MarkerColumns): Marker {
  return {
    status: row.markerStatus,
    generation: row.markerGeneration,
    attempts: row.markerAttempts,
    fileId: row.markerFileId,
    rating: row.markerRating,
    featureCount: row.markerFeatureCount,
    generatedAt: row.markerGeneratedAt,
    errorCode: row.markerErrorCode,
    errorMessage: row.markerErrorMessage,
  }
}

export function columnsOf(marker: Marker): MarkerColumns {
  return {
    markerStatus: marker.status,
    markerGeneration: marker.generation,
    markerAttempts: marker.attempts,
    markerFileId: marker.fileId,
    markerRating: marker.rating,
    markerFeatureCount: marker.featureCount,
    markerGeneratedAt: marker.generatedAt,
    markerErrorCode: marker.errorCode,
    markerErrorMessage: marker.errorMessage,
  }
}

/** The first marker of an image that takes another's place at once, as no marker of that one worked. */
export function requestFirst(marker: Marker): Marker {
  return { ...requestAgain(marker), rating: null, featureCount: null }
}

/** The marker without the request to compile another one: what was compiled before stays, and reports are late. */
export function withoutRequest(marker: Marker): Marker {
  return { ...requestAgain(marker), status: 'COMPLETED' }
}

/** Whether a worker is to answer yet. */
export function isAwaited({ status }: Pick<Marker, 'status'>): boolean {
  return status === 'PENDING' || status === 'PROCESSING'
}

/** The marker with a new request to compile it. What was compiled before keeps working until that is done. */
export function requestAgain(marker: Marker): Marker {
  return {
    ...marker,
    status: 'PENDING',
    generation: marker.generation + 1,
    attempts: 0,
    errorCode: null,
    errorMessage: null,
  }
}
