/** Why the demo can't go on, in words for the person who runs it. */
export class DemoError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DemoError'
  }
}

/** The code of the innermost cause, such as `ECONNREFUSED`; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return codeOf(error.cause) ?? ('code' in error && typeof error.code === 'string' ? error.code : undefined)
}
