/** The database can't be asked now; nothing was changed, or nobody can tell. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'DATABASE_UNAVAILABLE'

  constructor(cause: unknown) {
    super('the database did not answer', { cause })
    this.name = 'DatabaseUnavailableError'
  }
}

/** SQLSTATE classes and driver codes that speak of the connection or its limits, not of the statement. */
const UNAVAILABLE = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ENOENT',
  '25P03', // idle in transaction for too long
  '25P04', // the transaction took too long
  '53100', // the server's disk is full
  '53300', // too many connections
  '55P03', // a lock was not to be had
  '57014', // the statement took too long
  '57P01', // the server shuts down, or the backend was killed
  '57P02',
  '57P03',
])

/** Drizzle wraps what the driver throws: the innermost cause is what happened. */
export function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error
}

function codeOf(error: unknown): string | undefined {
  const cause = rootCause(error)
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

/** Turns what the driver threw into what callers handle; anything unknown stays as it is. */
export function toDatabaseError(error: unknown): unknown {
  const code = codeOf(error)
  if (error instanceof DatabaseUnavailableError || code === undefined) return error
  return UNAVAILABLE.has(code) || code.startsWith('08') ? new DatabaseUnavailableError(error) : error
}
