export type UserErrorCode = 'INVALID' | 'NOT_FOUND' | 'CONFLICT' | 'LIMIT_REACHED' | 'FORBIDDEN'

/** Why a mutation was not done, as the API says it. `field` is the path within the mutation's input. */
export interface UserError {
  code: UserErrorCode
  field: string[] | null
  message: string
}

/** A path within the input: one name, several for a nested field, null for the whole. */
export type UserErrorField = string | readonly string[] | null

/** A value that is not acceptable; the message says what would be. */
export function invalid(field: UserErrorField, message: string): UserError {
  return userError('INVALID', field, message)
}

/** `what` is the thing in lower case, e.g. `project`. The same for what doesn't exist and what isn't the caller's. */
export function notFound(field: UserErrorField, what: string): UserError {
  return userError('NOT_FOUND', field, `There is no such ${what}.`)
}

/** Something else has it already, or it changed since it was read. */
export function conflict(field: UserErrorField, message: string): UserError {
  return userError('CONFLICT', field, message)
}

/** A limit is reached, of a plan or of attempts. */
export function limitReached(field: UserErrorField, message: string): UserError {
  return userError('LIMIT_REACHED', field, message)
}

/** The caller's role in a company they do see doesn't allow it. */
export function notAllowed(message: string): UserError {
  return userError('FORBIDDEN', null, message)
}

/** A mutation's payload when nothing was done. */
export type Failure = { userErrors: UserError[] }

/** The payload of a mutation that was not done. */
export function failure(...userErrors: [UserError, ...UserError[]]): Failure {
  return { userErrors }
}

function userError(code: UserErrorCode, field: UserErrorField, message: string): UserError {
  return { code, field: typeof field === 'string' ? [field] : field && [...field], message }
}
