import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPublicOperations } from './read-public-operations.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-operations-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

test('a folder’s files hold operations, each with the fragments that it needs', async () => {
  const place = await mkdtemp(join(folder, 'files-'))
  await writeFile(
    join(place, 'b.graphql'),
    'query B { ...F } query C { c } fragment F on Query { ...G } fragment G on Query { g }',
  )
  await writeFile(join(place, 'a.gql'), 'query A { a }')
  await writeFile(join(place, 'notes.md'), 'query No { no }')
  const operations = await readPublicOperations(place)
  expect(operations.map(({ name }) => name)).toEqual(['A', 'B', 'C'])
  expect(operations.map(({ document }) => print(document).replaceAll(/\s+/g, ' '))).toEqual([
    'query A { a }',
    'query B { ...F } fragment F on Query { ...G } fragment G on Query { g }',
    'query C { c }',
  ])
})

test('an Apollo manifest’s operations keep their ids', async () => {
  const path = await written(
    'apollo.json',
    JSON.stringify({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'abc', name: 'A', type: 'query', body: 'query A { a }' }],
    }),
  )
  expect(await readPublicOperations(path)).toMatchObject([{ name: 'A', ids: ['abc'] }])
})

test('so do those of an object of documents by their hash', async () => {
  const path = await written('codegen.json', JSON.stringify({ 'sha256:abc': 'query A { a }' }))
  expect(await readPublicOperations(path)).toMatchObject([{ name: 'A', ids: ['abc'] }])
})

describe('what can’t be read is said with the name of its file', () => {
  test.for([
    ['syntax.graphql', 'query A { a', 'syntax.graphql: Syntax Error: Expected Name, found <EOF>.'],
    ['nameless.graphql', '{ a }', 'nameless.graphql: every public operation needs a name.'],
    [
      'list.json',
      '["query A { a }"]',
      'list.json is no manifest of operations: Apollo’s, or an object of documents by their hash.',
    ],
    [
      'cut.json',
      '{ "a": ',
      'cut.json is no manifest of operations: Apollo’s, or an object of documents by their hash.',
    ],
    [
      'two.json',
      '{ "abc": "query A { a } query B { b }" }',
      'two.json, "abc": a document of one operation is expected.',
    ],
  ] as const)('%s', async ([name, text, message]) => {
    const place = await mkdtemp(join(folder, 'broken-'))
    await writeFile(join(place, name), text)
    await expect(readPublicOperations(name.endsWith('.json') ? join(place, name) : place)).rejects.toThrow(
      message,
    )
  })

  test('a place where nothing is', async () => {
    const path = join(folder, 'nowhere')
    await expect(readPublicOperations(path)).rejects.toThrow(`There are no public operations at "${path}".`)
  })
})
