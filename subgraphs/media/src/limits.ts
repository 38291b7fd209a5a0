/** What may be uploaded. */
export interface MediaLimits {
  readonly maxImageBytes: number
  readonly maxVideoBytes: number
  readonly maxCaptionsBytes: number
  readonly maxImagePixels: number
  readonly maxVideoSeconds: number
}

/** As everywhere on this platform: a MB is 2^20 bytes, a GB 2^30. */
export const MB = 2 ** 20

export const MEDIA_LIMITS: MediaLimits = {
  maxImageBytes: 50 * MB,
  maxVideoBytes: 512 * MB,
  // An hour of talk takes about a tenth of it.
  maxCaptionsBytes: MB,
  maxImagePixels: 100_000_000,
  maxVideoSeconds: 600,
}
