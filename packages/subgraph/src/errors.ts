import type { ChangesOutcome } from '@arv/database/changes'
import { GraphQLError } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Logger } from 'pino'

/** What `extensions.code` of an error that a client sees may be. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'RATE_LIMITED'
  | 'CURSOR_EXPIRED'
  | 'SUBSCRIPTION_SCHEMA_RELOAD'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR'

/** Errors that are said as they are; INTERNAL_SERVER_ERROR is not among them, for it is only ever the mask. */
const SAID_AS_THEY_ARE: ReadonlySet<unknown> = new Set<ErrorCode>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'RATE_LIMITED',
  'CURSOR_EXPIRED',
  'SUBSCRIPTION_SCHEMA_RELOAD',
  'SERVICE_UNAVAILABLE',
])

/** Nobody is signed in, and this needs somebody. */
export function unauthenticated(message = 'Sign in to do this.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } })
}

/** The caller is known and may not. */
export function forbidden(message = 'You may not do this.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } })
}

/** An argument that is not acceptable; `field` names it. Within a mutation's input a `UserError` is the better answer. */
export function badUserInput(message: string, { field }: { field?: string } = {}): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(field === undefined ? {} : { field }) },
  })
}

/** The events after a subscription's `after` are no longer kept. */
export function cursorExpired(): GraphQLError {
  return new GraphQLError(
    'What happened since this cursor is no longer kept: read the current state and go on from there.',
    {
      extensions: { code: 'CURSOR_EXPIRED' },
    },
  )
}

/** A subscriber takes its events more slowly than they come, and has lost its place. */
export function tooSlow(): GraphQLError {
  return new GraphQLError(
    'This subscription fell too far behind: subscribe again with the cursor seen last.',
    {
      extensions: { code: 'RATE_LIMITED' },
    },
  )
}

const UNAVAILABLE = {
  unsaid: 'This part of the service is not available right now. Try again shortly.',
  NOT_DONE:
    'Nothing was changed, because this part of the service is not available right now. Try again shortly.',
  UNKNOWN:
    'This part of the service did not answer in time, so nobody can say whether this was done. Look before you try again.',
} as const satisfies Record<ChangesOutcome | 'unsaid', string>

/**
 * Something this depends on is down or too slow.
 * @param outcome of a mutation, as `extensions.outcome`: whether trying again could do it twice
 */
export function serviceUnavailable(outcome?: ChangesOutcome): GraphQLError {
  return new GraphQLError(UNAVAILABLE[outcome ?? 'unsaid'], {
    extensions: { code: 'SERVICE_UNAVAILABLE', ...(outcome === undefined ? {} : { outcome }) },
  })
}

/** Says of a mutation's result what an outage left behind, wherever that isn't said yet. */
export function withOutcome(result: ExecutionResult, outcome: () => ChangesOutcome): ExecutionResult {
  if (!result.errors?.some(leavesOutcomeOpen)) return result
  const said = serviceUnavailable(outcome())
  const errors = result.errors.map((error) =>
    leavesOutcomeOpen(error)
      ? new GraphQLError(said.message, { path: error.path ?? null, extensions: said.extensions })
      : error,
  )
  return { ...result, errors }
}

function leavesOutcomeOpen({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'SERVICE_UNAVAILABLE' && extensions['outcome'] === undefined
}

/**
 * What a client may see of an error: one that was made for clients as it is, everything else logged with the request
 * id and replaced. The answer holds no cause, stack or source, only message, path and extensions.
 */
export function maskError(error: unknown, logger: Logger, requestId: string): GraphQLError {
  const path = error instanceof GraphQLError ? error.path : undefined
  const shown = shownError(error, logger, requestId)
  return new GraphQLError(shown.message, { path: path ?? null, extensions: shown.extensions })
}

function shownError(error: unknown, logger: Logger, requestId: string): GraphQLError {
  if (error instanceof GraphQLError && SAID_AS_THEY_ARE.has(error.extensions['code'])) return error
  const cause = rootCauseOf(error)
  const path = error instanceof GraphQLError ? error.path : undefined
  if (isDatabaseUnavailable(cause)) {
    logger.warn({ err: cause, requestId, path }, 'The database is not available')
    return serviceUnavailable()
  }
  logger.error({ err: cause, requestId, path }, 'An operation failed unexpectedly')
  return new GraphQLError('Something went wrong on our side. If it stays so, tell us the request id.', {
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  })
}

function rootCauseOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCauseOf(error.originalError) : error
}

function isDatabaseUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'DATABASE_UNAVAILABLE'
}
