/** What became of an image that was to be a marker. */
export type MarkerResult = CompiledMarker | MarkerRejection | MarkerFailure

export interface CompiledMarker {
  kind: 'compiled'
  /** The `.mind` file, already inspected. */
  mind: Buffer
  /** 1 to 5, one decimal; below 2.5 the image is found only in good conditions. See `rateMarker`. */
  rating: number
  /** Points that look like no other point of the image: what the rating counts. */
  featureCount: number
  /** Pixels that were compiled, not those of the original. MindAR's anchor has this aspect ratio. */
  width: number
  height: number
}

/** The image can't be a marker; trying again won't help. */
export interface MarkerRejection {
  kind: 'rejected'
  code: 'TOO_SMALL' | 'EXTREME_ASPECT_RATIO' | 'TOO_FEW_FEATURES'
  /** For people: what is wrong and what would be right. */
  message: string
  /** Only with TOO_FEW_FEATURES. */
  rating?: number
  featureCount?: number
}

/** The compiler did not come to an answer; trying again may help. */
export interface MarkerFailure {
  kind: 'failed'
  code: 'TIMED_OUT' | 'INTERNAL'
  /** For people; names no host, path or stack. */
  message: string
  /** For the log of whoever runs the system. May name paths. */
  detail?: string
}
