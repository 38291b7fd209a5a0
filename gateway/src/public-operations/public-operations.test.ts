import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createFederatedSubscriptions } from '@arv/federated-subscriptions'
import { ANONYMOUS } from '@arv/identity'
import type { Principal } from '@arv/identity'
import { VIEWER_OPERATIONS } from '@arv/viewer'
import { parse, print, separateOperations, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { createPublicOperations, loadPublicOperations, SHIPPED_OPERATIONS } from './public-operations.ts'
import { readPublicOperations } from './read-public-operations.ts'

const SOMEBODY: Principal = { kind: 'user', userId: 5, isPlatformAdmin: false, memberships: [] }
const MACHINE: Principal = { kind: 'apiKey', apiKeyId: 3, companyId: 7, role: 'VIEWER' }

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const TEXT = `query Look($id: ID!) { look(id: $id) { ...Seen } }
fragment Seen on Thing { name }`
const NORMAL = `query Look($id: ID!) {
  look(id: $id) {
    ...Seen
  }
}

fragment Seen on Thing {
  name
}`
const LOOK = { name: 'Look', document: parse(TEXT), texts: [TEXT], ids: ['named-by-a-manifest'] }
const strict = createPublicOperations([LOOK], true)
const open = createPublicOperations([LOOK], false)
const NOT_REGISTERED = { kind: 'refused', status: 403, code: 'OPERATION_NOT_REGISTERED' }
const NOT_FOUND = { kind: 'refused', status: 404, code: 'PERSISTED_QUERY_NOT_FOUND' }

describe('a stranger, where only registered operations run,', () => {
  test.for([
    ['as it was registered', TEXT],
    ['in its normal form', NORMAL],
    ['in one line', TEXT.replaceAll(/\s+/g, ' ')],
    ['with commas and comments', `# hello\n${TEXT.replace('query', ',,query')}`],
    ['with its fragments first', TEXT.split('\n').toReversed().join('\n')],
  ] as const)('may send one %s, and its normal form is run', ([, query]) => {
    expect(strict.choose({ query }, ANONYMOUS)).toEqual({ kind: 'run', query: NORMAL })
  })

  test.for([
    ['with an alias', TEXT.replace('look(', 'mine: look(')],
    ['with a field more', TEXT.replace('name', 'name secret')],
    ['under another name', TEXT.replace('Look', 'Peek')],
    ['with a second operation', `${TEXT} query Other { other }`],
    ['cut off', TEXT.slice(0, -1)],
    ['inside a comment', `# ${TEXT.replaceAll('\n', ' ')}\n{ secret }`],
    ['of introspection', '{ __schema { types { name } } }'],
    ['nested without end', '{ a'.repeat(300_000)],
  ] as const)('may not send one %s', ([, query]) => {
    expect(strict.choose({ query }, ANONYMOUS)).toMatchObject(NOT_REGISTERED)
  })
})

test.for([
  ['a user', strict, SOMEBODY],
  ['a key', strict, MACHINE],
  ['a stranger where everything runs', open, ANONYMOUS],
] as const)('%s may send what they like', ([, operations, principal]) => {
  expect(operations.choose({ query: '{ secret }' }, principal)).toEqual({ kind: 'run', query: '{ secret }' })
})

describe.for([
  ['a stranger', strict, ANONYMOUS],
  ['a user', strict, SOMEBODY],
  ['a stranger where everything runs', open, ANONYMOUS],
] as const)('%s', ([, operations, principal]) => {
  test.for([
    ['the hash of its normal form', { documentId: `sha256:${sha256(NORMAL)}` }],
    ['the hash of its text', { documentId: `sha256:${sha256(TEXT)}` }],
    ['Apollo’s extension', { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(NORMAL) } } }],
    ['a manifest’s id', { documentId: 'named-by-a-manifest' }],
    ['a hash, with an empty text as graphql-ws wants one', { query: '', documentId: sha256(TEXT) }],
  ] as const)('may ask for a registered operation by %s', ([, asked]) => {
    expect(operations.choose(asked, principal)).toEqual({ kind: 'run', query: NORMAL })
  })

  test('is told of a hash that nothing has', () => {
    expect(operations.choose({ documentId: `sha256:${sha256('x')}` }, principal)).toMatchObject(NOT_FOUND)
    expect(operations.choose({ extensions: { persistedQuery: true } }, principal)).toMatchObject(NOT_FOUND)
  })

  test('is told of a hash that is not that of the text beside it', () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(NORMAL) } }
    expect(operations.choose({ query: '{ secret }', extensions }, principal)).toMatchObject({
      kind: 'refused',
      status: 400,
      code: 'BAD_REQUEST',
    })
  })

  test('is told when nothing is asked for', () => {
    for (const asked of [{}, { query: '' }, { query: null }]) {
      expect(operations.choose(asked, principal)).toMatchObject({
        kind: 'refused',
        status: 400,
        code: 'BAD_REQUEST',
      })
    }
  })
})

describe('the operations that ARV ships', () => {
  const NAMES = [
    'RefreshSession',
    'ReportViewSession',
    'SignIn',
    'SignOut',
    'StartViewSession',
    'ViewerContent',
    'ViewerContentChanged',
  ]

  const OF_OWN_PAGES = ['RequestPasswordReset', 'ResetPassword']

  test('fit the schema that is served', async () => {
    const { schema } = createFederatedSubscriptions({
      supergraphSdl: read('../../supergraph.graphql'),
      services: {},
      openSource: () => Promise.reject(new Error('nothing is subscribed to here')),
    })
    const shipped = await readPublicOperations(SHIPPED_OPERATIONS)
    const documents = [
      ...shipped.map(({ document }) => document),
      ...VIEWER_OPERATIONS.map((text) => parse(text)),
    ]
    for (const document of documents) {
      expect([print(document), validate(schema, document)]).toEqual([print(document), []])
    }
  })

  test('are those that the clients run without a token, and may be sent as they send them', async () => {
    const operations = await loadPublicOperations({ strict: true })
    expect([...operations.names]).toEqual(expect.arrayContaining([...NAMES, ...OF_OWN_PAGES]))
    const sent = ['admin', 'viewer'].flatMap((file) =>
      Object.entries(
        separateOperations(parse(read(`../../../packages/contract-tests/operations/${file}.graphql`))),
      ),
    )
    const accepted = sent.filter(
      ([, document]) => operations.choose({ query: print(document) }, ANONYMOUS).kind === 'run',
    )
    expect(accepted.map(([name]) => name).toSorted()).toEqual(NAMES)
  })

  test('are all that our own pages run', async () => {
    const operations = await loadPublicOperations({ strict: true })
    const page: Readonly<Record<string, string>> = await import(
      new URL('../../pages/assets/operations.js', import.meta.url).href
    )
    const documents = [...Object.values(page), ...VIEWER_OPERATIONS]
    expect(documents.length).toBeGreaterThan(5)
    for (const query of documents) {
      expect([query, operations.choose({ query }, ANONYMOUS).kind]).toEqual([query, 'run'])
    }
  })

  test('are what the README signs in by', async () => {
    const operations = await loadPublicOperations({ strict: true })
    const [documentId] = /sha256:[0-9a-f]{64}/.exec(read('../../../README.md')) ?? []
    expect(operations.choose({ documentId }, ANONYMOUS)).toEqual({
      kind: 'run',
      query: operations.text('SignIn'),
    })
  })
})
