import { GraphQLError, parse, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import { badUserInput } from './errors.ts'
import { fieldOfNode } from './input-fields.ts'

const CACHED_CHARACTERS = 8_000_000

type ParsedDocument =
  | { readonly kind: 'ok'; readonly document: DocumentNode }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }

/** Parses and validates documents for one schema, each once: the gateway sends the same few over and over. */
export interface DocumentCache {
  parse(query: string): ParsedDocument
  check(document: DocumentNode): ParsedDocument
}

export function createDocumentCache(schema: GraphQLSchema): DocumentCache {
  const byText = new LRUCache<string, ParsedDocument>({
    maxSize: CACHED_CHARACTERS,
    sizeCalculation: (_parsed, query) => query.length + 1,
  })
  const byDocument = new WeakMap<DocumentNode, ParsedDocument>()

  function check(document: DocumentNode): ParsedDocument {
    const known = byDocument.get(document)
    if (known) return known
    const errors = validate(schema, document).map((error) => refusalOf(error, document))
    const checked: ParsedDocument = errors.length > 0 ? { kind: 'refused', errors } : { kind: 'ok', document }
    byDocument.set(document, checked)
    return checked
  }

  return {
    check,
    parse(query) {
      const known = byText.get(query)
      if (known) return known
      const parsed = parseWith(check, query)
      byText.set(query, parsed)
      return parsed
    },
  }
}

function parseWith(check: (document: DocumentNode) => ParsedDocument, query: string): ParsedDocument {
  try {
    return check(parse(query, { noLocation: true }))
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return { kind: 'refused', errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
  }
}

/** A value that its scalar refuses is the client's mistake, as it would be in a variable, and is named; all else is the document's. */
function refusalOf(error: GraphQLError, document: DocumentNode): GraphQLError {
  if (error.extensions['code'] !== 'BAD_USER_INPUT') return withCode(error, 'GRAPHQL_VALIDATION_FAILED')
  const node = error.nodes?.[0]
  const field = node && fieldOfNode(document, node)
  return field === undefined
    ? badUserInput(error.message)
    : badUserInput(`"${field}": ${error.message}`, { field })
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, { extensions: { code } })
}
