export type ArViewErrorCode = 'NO_WEBGL' | 'BAD_MARKER'

/** Why there is no AR: the phone can't (`NO_WEBGL`), or what was compiled from the print is no marker. */
export class ArViewError extends Error {
  readonly code: ArViewErrorCode

  constructor(code: ArViewErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ArViewError'
    this.code = code
  }
}
