import type { HTTPGraphQLRequest } from '@apollo/server'
import { HeaderMap } from '@apollo/server'
import type { FastifyRequest } from 'fastify'

/** What a request says of the operation that it wants, as it came: nothing of it is checked. */
export interface AskedOperation {
  readonly query?: unknown
  /** `sha256:<hex>` of a registered operation. */
  readonly documentId?: unknown
  /** May name a registered operation, too: `{ persistedQuery: { sha256Hash } }`. */
  readonly extensions?: unknown
}

/** The operation that a GET or POST asks for. What is no operation at all is left to Apollo Server to refuse. */
export function askedOperation(request: FastifyRequest): AskedOperation {
  if (request.method === 'POST') return isRecord(request.body) ? request.body : {}
  const search = searchOf(request)
  const extensions = search.get('extensions')
  return {
    query: search.get('query') ?? undefined,
    documentId: search.get('documentId') ?? undefined,
    extensions: extensions === null ? undefined : parseJson(extensions),
  }
}

/**
 * The request as Apollo Server takes it, with the document that is to run in place of what named it.
 *
 * @param query - of the operation that was asked for; undefined leaves the request as it is.
 */
export function toApolloRequest(request: FastifyRequest, query: string | undefined): HTTPGraphQLRequest {
  const common = {
    // The body of an answer to HEAD is left out further down.
    method: request.method === 'HEAD' ? 'GET' : request.method,
    headers: headersOf(request),
  }
  if (request.method === 'POST') {
    const body = query !== undefined && isRecord(request.body) ? withQuery(request.body, query) : request.body
    return { ...common, search: '', body }
  }
  const search = searchOf(request)
  if (query !== undefined) {
    search.set('query', query)
    search.delete('documentId')
    const extensions = parseJson(search.get('extensions') ?? '')
    if (isRecord(extensions)) search.set('extensions', JSON.stringify(withoutPersistedQuery(extensions)))
  }
  return { ...common, search: `?${search.toString()}`, body: undefined }
}

function withQuery(body: Readonly<Record<string, unknown>>, query: string): Record<string, unknown> {
  const { documentId: _, extensions, ...rest } = body
  return {
    ...rest,
    query,
    ...(extensions !== undefined && {
      extensions: isRecord(extensions) ? withoutPersistedQuery(extensions) : extensions,
    }),
  }
}

function withoutPersistedQuery(extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { persistedQuery: _, ...rest } = extensions
  return rest
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return map
}

function searchOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start === -1 ? '' : url.slice(start))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
}
