import { GraphQLError } from 'graphql'

/**
 * The error that subscribers of a replaced schema end with: `extensions.code` is `SUBSCRIPTION_SCHEMA_RELOAD`,
 * and the right answer of a client is to subscribe again.
 */
export function schemaReloadError(): GraphQLError {
  return new GraphQLError('The schema was reloaded: subscribe again.', {
    extensions: { code: 'SUBSCRIPTION_SCHEMA_RELOAD' },
  })
}

/**
 * Makes a real `GraphQLError` of whatever was thrown or came over a wire: an `Error`, an error as JSON, a list of
 * those (what graphql-ws clients reject with; its first counts), or anything else. Message, path and extensions are
 * kept; locations are not, because they point into a subgraph's document that the client never saw.
 * Transports call `toJSON()` on each error, and graphql-ws closes the whole socket when it is missing.
 */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  if (Array.isArray(error) && error.length > 0) return toGraphQLError(error[0])
  if (!isObject(error) || typeof error['message'] !== 'string') return new GraphQLError('Unexpected error.')
  const { message, path, extensions } = error
  return new GraphQLError(message, {
    path: isPath(path) ? path : null,
    extensions: isObject(extensions) ? extensions : null,
    originalError: error instanceof Error ? error : null,
  })
}

/** The same error with `extensions.code` set, unless it already has one. */
export function withCode(error: GraphQLError, code: string): GraphQLError {
  if (error.extensions['code'] !== undefined) return error
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    originalError: error.originalError ?? null,
    extensions: { ...error.extensions, code },
  })
}

function isPath(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || typeof key === 'number')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
