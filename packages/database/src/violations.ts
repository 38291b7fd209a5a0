import postgres from 'postgres'
import { rootCause } from './database-unavailable.ts'

function violates(error: unknown, code: string, constraint: string | undefined): boolean {
  const cause = rootCause(error)
  return (
    cause instanceof postgres.PostgresError &&
    cause.code === code &&
    (constraint === undefined || cause.constraint_name === constraint)
  )
}

/** Whether a unique constraint (this one, when named) refused the row. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return violates(error, '23505', constraint)
}

/** Whether a foreign key (this one, when named) refused the change. */
export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  return violates(error, '23503', constraint)
}
