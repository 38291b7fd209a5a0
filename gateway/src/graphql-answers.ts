import type { FastifyReply } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import { publicError } from './errors.ts'
import type { ReportedError } from './errors.ts'

const GRAPHQL_JSON = 'application/graphql-response+json'

/** What is wrong with an operation, as opposed to the request that it came in. */
const OPERATION_PROBLEMS = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])

/** Answers with an error and no data, as the media type that the client would rather have. */
export function sendError(reply: FastifyReply, status: number, error: ReportedError): FastifyReply {
  const { accept } = reply.request.headers
  const told = publicError(error, reply.request.id)
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  if (status === 503) void reply.header('retry-after', '5')
  return reply
    .code(statusFor(status, [told], accept))
    .header('cache-control', 'no-store')
    .type(`${accept?.includes(GRAPHQL_JSON) ? GRAPHQL_JSON : 'application/json'}; charset=utf-8`)
    .send(JSON.stringify({ errors: [told] }))
}

/**
 * GraphQL over HTTP: who accepts nothing but `application/json` is an older client, which takes another status than
 * 200 for a failure of the network. To such a one an operation that is wrong is answered with 200; what we refuse to
 * run for other reasons never is.
 */
export function statusFor(
  status: number,
  errors: readonly GraphQLFormattedError[],
  accept: string | undefined,
): number {
  const onlyOperation = errors.every(({ extensions }) => {
    const code = extensions?.['code']
    return typeof code === 'string' && OPERATION_PROBLEMS.has(code)
  })
  return status === 400 && onlyOperation && isOlderClient(accept) ? 200 : status
}

function isOlderClient(accept = ''): boolean {
  const types = new Set(accept.split(',').map((range) => range.split(';')[0]?.trim().toLowerCase()))
  return types.has('application/json') && !types.has(GRAPHQL_JSON) && !types.has('*/*')
}
