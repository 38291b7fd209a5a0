import type { FastifyRequest } from 'fastify'

export const NOT_GRAPHQL =
  'The body must be JSON ("content-type: application/json") or a GraphQL multipart form, in UTF-8.'

/** What another site's page can make a browser send without asking us first (a "simple request" of the Fetch standard). */
const FORM_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])

const ACCEPTABLE = new Set(['*/*', 'application/*', 'application/graphql-response+json', 'application/json'])

/** With either of them a browser does ask first. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name']

interface RequestProblem {
  readonly status: 400 | 406 | 415
  readonly message: string
}

const FORGEABLE: RequestProblem = {
  status: 400,
  message: `This could be Cross-Site Request Forgery. Send "content-type: application/json", or a header "${PREFLIGHT_HEADERS[0]}".`,
}

const UNACCEPTABLE: RequestProblem = {
  status: 406,
  message: 'Answers are application/graphql-response+json or application/json, which "accept" leaves out.',
}

/** What is wrong with a request before its body is read. */
export function problemOf({ headers, method }: FastifyRequest): RequestProblem | null {
  const contentType = headers['content-type']
  const type = mediaTypeOf(contentType)
  const simple = type === undefined || FORM_TYPES.has(type)
  if (simple && !PREFLIGHT_HEADERS.some((name) => headers[name])) return FORGEABLE
  if (!acceptsGraphql(headers.accept)) return UNACCEPTABLE
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1]
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset)
  const isRead = method === 'POST' || type === undefined || type === 'application/json'
  return isUtf8 && isRead ? null : { status: 415, message: NOT_GRAPHQL }
}

/** Asked before anything is run: afterwards it would be too late to refuse a mutation. */
function acceptsGraphql(accept: string | undefined): boolean {
  if (!accept?.trim()) return true
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return ACCEPTABLE.has(type) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** `Text/Plain; charset=x` is `text/plain`. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase()
}
