import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Principal } from '@arv/identity'
import { VIEWER_OPERATIONS } from '@arv/viewer'
import { Lexer, Source, TokenKind } from 'graphql'
import type { AskedOperation } from '../asked-operation.ts'
import { normalForm, normalFormOf } from './normal-form.ts'
import { operationsIn, readPublicOperations } from './read-public-operations.ts'
import type { PublicOperation } from './read-public-operations.ts'

/** What is to run for what was asked, or why nothing is. */
type ChosenOperation = { readonly kind: 'run'; readonly query: string } | RefusedOperation

interface RefusedOperation {
  readonly kind: 'refused'
  readonly status: 400 | 403 | 404
  readonly code: 'BAD_REQUEST' | 'OPERATION_NOT_REGISTERED' | 'PERSISTED_QUERY_NOT_FOUND'
  readonly message: string
}

/** The operations that are known by name and hash, and who may run others. */
export interface PublicOperations {
  /** Of the registered operations. */
  readonly names: ReadonlySet<string>
  choose(asked: AskedOperation, principal: Principal): ChosenOperation
  /** The document of a registered operation; empty when there is none of this name. */
  text(name: string): string
  /** Whether nothing of the schema is told that the registered operations don't tell. */
  readonly hidesSchema: (principal: Principal) => boolean
}

interface Options {
  /** A folder or a manifest beside what ARV's own pages need. */
  readonly path?: string | undefined
  /** Strangers run nothing but registered operations. */
  readonly strict: boolean
}

/** What a viewer and a sign-in page of anybody's run. */
export const SHIPPED_OPERATIONS = fileURLToPath(new URL('../../public-operations/', import.meta.url))

/** @throws Error with a sentence that names the file which can't be read. */
export async function loadPublicOperations({ path, strict }: Options): Promise<PublicOperations> {
  const shipped = await readPublicOperations(SHIPPED_OPERATIONS)
  const ofViewer = VIEWER_OPERATIONS.flatMap((text) => operationsIn(text, 'the viewer', []))
  const own = path === undefined ? [] : await readPublicOperations(path)
  return createPublicOperations([...shipped, ...ofViewer, ...own], strict)
}

export function createPublicOperations(
  operations: readonly PublicOperation[],
  strict: boolean,
): PublicOperations {
  const byNormalForm = new Map<string, string>()
  const byHash = new Map<string, string>()
  for (const { document, texts, ids } of operations) {
    const text = normalForm(document)
    byNormalForm.set(text, text)
    for (const hash of [...ids, ...[text, ...texts].map(sha256)]) byHash.set(hash, text)
  }
  const mostTokens = Math.max(0, ...[...byNormalForm.keys()].map(countTokens))

  const hidesSchema = (principal: Principal) => strict && principal.kind === 'anonymous'

  function chooseByText(query: string, hash: string | undefined, principal: Principal): ChosenOperation {
    if (hash !== undefined && hash !== sha256(query)) return MISNAMED
    if (!hidesSchema(principal)) return { kind: 'run', query }
    const form = normalFormOf(query, mostTokens)
    return form !== null && byNormalForm.has(form) ? { kind: 'run', query: form } : NOT_REGISTERED
  }

  return {
    names: new Set(operations.map(({ name }) => name)),
    text(name) {
      const named = operations.find((operation) => operation.name === name)
      return named ? normalForm(named.document) : ''
    },
    hidesSchema,
    choose(asked, principal) {
      const hash = hashIn(asked)
      if (asked.query) return chooseByText(asked.query, hash, principal)
      if (hash === undefined) return NOTHING_ASKED
      const registered = byHash.get(hash)
      return registered === undefined ? NOT_FOUND : { kind: 'run', query: registered }
    },
  }
}

const NOT_REGISTERED: RefusedOperation = {
  kind: 'refused',
  status: 403,
  code: 'OPERATION_NOT_REGISTERED',
  message:
    'Without an access token only registered operations are answered. Sign in, and send the token as "authorization: Bearer …".',
}

/** Word for word what clients of Apollo's persisted queries look for. */
const NOT_FOUND: RefusedOperation = {
  kind: 'refused',
  status: 404,
  code: 'PERSISTED_QUERY_NOT_FOUND',
  message: 'PersistedQueryNotFound',
}

const NOTHING_ASKED: RefusedOperation = {
  kind: 'refused',
  status: 400,
  code: 'BAD_REQUEST',
  message: 'No operation is asked for: send its "query", or the "documentId" of a registered one.',
}

const MISNAMED: RefusedOperation = {
  kind: 'refused',
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The hash is not that of the document which was sent along.',
}

/** The hash by which an operation is asked for; an id of another kind is a hash that nothing has. */
function hashIn({ documentId, extensions }: AskedOperation): string | undefined {
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '')
  const persisted = fieldOf(extensions, 'persistedQuery')
  if (persisted === undefined || persisted === null) return undefined
  const hash = fieldOf(persisted, 'sha256Hash')
  return typeof hash === 'string' ? hash : ''
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text))
  let count = 0
  while (lexer.advance().kind !== TokenKind.EOF) count += 1
  return count
}
