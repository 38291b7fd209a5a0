import type { HTTPGraphQLRequest } from '@apollo/server'
import { HeaderMap } from '@apollo/server'
import type { FastifyRequest } from 'fastify'

type Json = Readonly<Record<string, unknown>>

/** The operation that a request asks for, in GraphQL's own terms. */
export interface AskedOperation {
  readonly query?: string | null | undefined
  readonly operationName?: string | null | undefined
  readonly variables?: Json | null | undefined
  /** May name a registered operation: `{ persistedQuery: { sha256Hash } }`. */
  readonly extensions?: Json | null | undefined
  /** `sha256:<hex>` of a registered operation. */
  readonly documentId?: string | null | undefined
}

const OBJECT_EXPECTED =
  'The body must be a JSON object with "query" and, where it has any, "variables", "operationName" and "extensions".'
const BATCH: ReadOperation = {
  kind: 'malformed',
  code: 'BATCHING_NOT_SUPPORTED',
  message: 'Send one operation a request: batches are not answered.',
}

const TEXTS = ['query', 'operationName', 'documentId'] as const
const OBJECTS = ['variables', 'extensions'] as const

export type ReadOperation =
  | { readonly kind: 'asked'; readonly asked: AskedOperation }
  | {
      readonly kind: 'malformed'
      readonly code: 'BAD_REQUEST' | 'BATCHING_NOT_SUPPORTED'
      readonly message: string
    }

/** Reads what a GET or POST asks for, or says in what it is malformed. */
export function readAskedOperation(request: FastifyRequest): ReadOperation {
  if (request.method === 'POST') {
    if (Array.isArray(request.body)) return BATCH
    return isObject(request.body) ? checked(request.body) : malformed(OBJECT_EXPECTED)
  }
  const search = searchOf(request)
  const given: Record<string, unknown> = {}
  for (const name of [...TEXTS, ...OBJECTS]) {
    const values = search.getAll(name)
    if (values.length > 1) return malformed(`"${name}" is given more than once.`)
    if (values[0] !== undefined) given[name] = values[0]
  }
  for (const name of OBJECTS) {
    const text = given[name]
    if (typeof text === 'string') given[name] = parseJson(text)
  }
  return checked(given)
}

function checked(given: Json): ReadOperation {
  const texts = TEXTS.map((name) => [name, given[name]] as const)
  const objects = OBJECTS.map((name) => [name, given[name]] as const)
  const noText = texts.find(([, value]) => !isNothing(value) && typeof value !== 'string')
  if (noText) return malformed(`"${noText[0]}" must be a text.`)
  const noObject = objects.find(([, value]) => !isNothing(value) && !isObject(value))
  if (noObject) return malformed(`"${noObject[0]}" must be a JSON object.`)
  return {
    kind: 'asked',
    asked: Object.fromEntries([...texts, ...objects].filter(([, value]) => !isNothing(value))),
  }
}

function malformed(message: string): ReadOperation {
  return { kind: 'malformed', code: 'BAD_REQUEST', message }
}

/**
 * The request as Apollo Server takes it, with the document that is to run in place of what named it. Extensions are left
 * out: nothing reads them any more, and only they may be nested without limit.
 */
export function toApolloRequest(
  request: FastifyRequest,
  { operationName, variables }: AskedOperation,
  query: string,
): HTTPGraphQLRequest {
  const operation = {
    query,
    ...(operationName && { operationName }),
    ...(variables && { variables }),
  }
  const headers = headersOf(request)
  if (request.method === 'POST') return { method: 'POST', headers, search: '', body: operation }
  const search = new URLSearchParams({
    ...operation,
    variables: JSON.stringify(variables ?? {}),
  })
  // HEAD is GET whose answer loses its body further down.
  return { method: 'GET', headers, search: `?${search.toString()}`, body: undefined }
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
    return text
  }
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
}
