import { DatabaseUnavailableError, NewerSchemaError } from '@arv/database'
import { LocalPostgresError } from '@arv/local-postgres'

/** Why ARV can't start, in one sentence for the person who started it. */
export class StartUpError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StartUpError'
  }
}

/** What to tell the person who started it: a sentence where we know what it is, else everything we have. */
export function explain(error: unknown): string {
  if (error instanceof StartUpError || error instanceof LocalPostgresError) return error.message
  if (error instanceof NewerSchemaError) return error.message
  if (error instanceof DatabaseUnavailableError) return 'The database does not answer.'
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The error code of Node or PostgreSQL, of the innermost cause. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.cause !== undefined) return codeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
