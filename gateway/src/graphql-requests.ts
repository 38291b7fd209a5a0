import type { FastifyRequest } from 'fastify'

export const NOT_GRAPHQL =
  'The body must be JSON ("content-type: application/json") or a GraphQL multipart form, in UTF-8.'

/** What another site's page can make a browser send without asking us first (a "simple request" of the Fetch standard). */
const FORM_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])

/** With either of them a browser does ask first. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name']

/** What is wrong with a request before its body is read. */
export function problemOf({ headers }: FastifyRequest): { status: 400 | 415; message: string } | null {
  const contentType = headers['content-type']
  const type = mediaTypeOf(contentType)
  const simple = type === undefined || FORM_TYPES.has(type)
  if (simple && !PREFLIGHT_HEADERS.some((name) => headers[name])) {
    return {
      status: 400,
      message: `This could be Cross-Site Request Forgery. Send "content-type: application/json", or a header "${PREFLIGHT_HEADERS[0]}".`,
    }
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1]
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset)
  return isUtf8 ? null : { status: 415, message: NOT_GRAPHQL }
}

/** `Text/Plain; charset=x` is `text/plain`. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase()
}
