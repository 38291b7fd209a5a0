import type { MarkerOutcome } from '@arv/jobs'
import type { StoredMarker } from '../assets/assets.repository.ts'

export function completed({ assetId, rating, featureCount }: StoredMarker): MarkerOutcome {
  return { status: 'COMPLETED', fileId: assetId, rating, featureCount }
}

type FailedOutcome = Extract<MarkerOutcome, { status: 'FAILED' }>

export function failed(
  code: FailedOutcome['code'],
  { rating, featureCount }: { rating?: number; featureCount?: number } = {},
): FailedOutcome {
  return { status: 'FAILED', code, rating: rating ?? null, featureCount: featureCount ?? null }
}
