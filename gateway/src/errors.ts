import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server'
import { LIMIT_CODES } from '@arv/operation-limits'
import type { GraphQLFormattedError } from 'graphql'
import type { Logger } from 'pino'
import type { RequestContext } from './request-context.ts'

/** What a client may be told. Any other code, and no code, is a fault of ours and is masked. */
const PUBLIC_CODES: ReadonlySet<string> = new Set([
  ...LIMIT_CODES,
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'BATCHING_NOT_SUPPORTED',
  'BODY_TOO_LARGE',
  'CURSOR_EXPIRED',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_NOT_REGISTERED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'SUBSCRIPTION_SCHEMA_RELOAD',
  'UNAUTHENTICATED',
])

/** Extensions that clients are meant to read; others (Apollo's service names, stack traces) stay inside. */
const PUBLIC_EXTENSIONS = ['code', 'cost', 'field', 'outcome', 'retryAfterSeconds']

/** A `GraphQLError`, or one as JSON. */
export type ReportedError = { readonly message: string } & {
  readonly [Key in 'locations' | 'path' | 'extensions']?: GraphQLFormattedError[Key] | undefined
}

/** The final form of an error, for HTTP and WebSocket alike. With the request id somebody can be asked about it. */
export function publicError(error: ReportedError, requestId: string | undefined): GraphQLFormattedError {
  const place = {
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
  }
  const identity = requestId === undefined ? {} : { requestId }
  if (isPublic(error)) {
    const extensions = PUBLIC_EXTENSIONS.flatMap((name) => {
      const value = error.extensions?.[name]
      return value === undefined || value === null ? [] : [[name, value]]
    })
    return {
      message: error.message,
      ...place,
      extensions: { ...Object.fromEntries(extensions), ...identity },
    }
  }
  return {
    message: 'Something went wrong on our side.',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', ...identity },
  }
}

export function isPublic(error: ReportedError): boolean {
  const code = error.extensions?.['code']
  return typeof code === 'string' && PUBLIC_CODES.has(code)
}

/** Counts errors by the codes that clients were told. */
export type CountErrors = (errors: readonly ReportedError[]) => void

/** The code that a client is told. */
export function publicCodeOf(error: ReportedError): string {
  return isPublic(error) ? String(error.extensions?.['code']) : 'INTERNAL_SERVER_ERROR'
}

/** One line for what the client was told, under the id that it was told; what it was not told in full. */
export function logErrors(errors: readonly ReportedError[], requestId: string, logger: Logger): void {
  const told = new Set<unknown>()
  for (const error of errors) {
    if (isPublic(error)) told.add(error.extensions?.['code'])
    else logger.error({ err: error, requestId }, 'GraphQL operation failed')
  }
  if (told.size > 0) logger.info({ requestId, codes: [...told] }, 'an operation was answered with errors')
}

interface ErrorFormatting {
  readonly formatError: NonNullable<ApolloServerOptions<RequestContext>['formatError']>
  readonly plugin: ApolloServerPlugin<RequestContext>
}

/**
 * Apollo Server formats an error without saying whose request it was; its plugin hook, which runs first, does.
 * So the hook notes the request id (and logs what will be masked) and the formatter looks it up.
 */
export function createErrorFormatting(logger: Logger): ErrorFormatting {
  const requestIds = new WeakMap<object, string>()
  return {
    formatError(formatted, error) {
      const requestId = typeof error === 'object' && error !== null ? requestIds.get(error) : undefined
      if (requestId === undefined && !isPublic(formatted)) {
        logger.error({ err: error }, 'GraphQL request failed before it began')
      }
      return publicError(formatted, requestId)
    },
    plugin: {
      async requestDidStart() {
        return {
          async didEncounterErrors({ errors, contextValue }) {
            const { requestId } = contextValue.caller
            for (const error of errors) requestIds.set(error, requestId)
            logErrors(errors, requestId, logger)
          },
        }
      },
    },
  }
}
