export type ArViewErrorCode = 'NO_WEBGL' | 'GPU_LOST' | 'BAD_MARKER'

/**
 * Why there is no AR: the phone can't (`NO_WEBGL`), its browser took the GPU away (`GPU_LOST`; it may give it again), or
 * what was compiled from the print is no marker.
 */
export class ArViewError extends Error {
  readonly code: ArViewErrorCode

  constructor(code: ArViewErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ArViewError'
    this.code = code
  }
}

export function gpuLost(): ArViewError {
  return new ArViewError('GPU_LOST', 'The GPU was taken away')
}
