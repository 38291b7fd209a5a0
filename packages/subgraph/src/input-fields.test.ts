import { buildSchema, getVariableValues, Kind, parse, validate } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { fieldOfNode, fieldsOfVariables } from './input-fields.ts'

const schema: GraphQLSchema = buildSchema(`
  type Query { notes(first: Int, filter: NoteFilter): [Note!]! }
  type Note { text: String parts(kinds: [Kind!]): [Int] }
  type Mutation { addNote(input: NoteInput!): Note tag(input: String, note: NoteInput): Note }
  input NoteFilter { after: Int authors: [AuthorInput!] }
  input NoteInput { text: String! author: AuthorInput pages: [Int!] }
  input AuthorInput { name: String! born: Int }
  enum Kind { LONG SHORT }
`)

function ofVariables(query: string, variables: Record<string, unknown>, operationName?: string) {
  return [...fieldsOfVariables({ schema, document: parse(query), variables, operationName }).values()]
}

describe('the field that a refused variable was for', () => {
  test('is the argument, and what is within it', () => {
    expect(ofVariables('query ($n: Int) { notes(first: $n) { text } }', { n: 'x' })).toEqual(['first'])
    const query = 'query ($f: NoteFilter) { notes(filter: $f) { text } }'
    expect(ofVariables(query, { f: { after: 'x', authors: [{ name: 'Ann' }, { name: 7 }] } })).toEqual([
      'filter.after',
      'filter.authors.1.name',
    ])
  })

  test('is within the input of a mutation, as it is in user errors', () => {
    const query = 'mutation ($input: NoteInput!) { addNote(input: $input) { text } }'
    expect(ofVariables(query, { input: { text: 'x', author: { name: 'Ann', born: 'x' } } })).toEqual([
      'author.born',
    ])
    expect(ofVariables('mutation ($n: NoteInput) { tag(note: $n) { text } }', { n: { text: 1 } })).toEqual([
      'note.text',
    ])
  })

  test('is also known where the variable is a part of what was written', () => {
    const query = `mutation ($born: Int) {
      addNote(input: { text: "x", pages: [1], author: { name: "Ann", born: $born } }) { text }
    }`
    expect(ofVariables(query, { born: 'x' })).toEqual(['author.born'])
    const nested =
      'query ($page: Int) { notes(filter: { authors: [{ name: "A" }, { name: "B", born: $page }] }) { text } }'
    expect(ofVariables(nested, { page: 'x' })).toEqual(['filter.authors.1.born'])
  })

  test('is known of what is missing, and of what nobody knows', () => {
    const query = 'mutation ($input: NoteInput!) { addNote(input: $input) { text } }'
    expect(ofVariables(query, { input: { author: {}, colour: 'red' } })).toEqual([
      'text',
      'author.name',
      'colour',
    ])
    expect(ofVariables(query, {})).toEqual([])
    expect(ofVariables('query ($f: Int!) { notes(first: $f) { text } }', {})).toEqual(['first'])
    expect(ofVariables('query ($f: Int!) { notes(first: $f) { text } }', { f: null })).toEqual(['first'])
  })

  test('is found in fragments, and not in directives', () => {
    const query = `query ($kinds: [Kind!], $also: Boolean!) { notes { ...Parts text @include(if: $also) } }
      fragment Parts on Note { parts(kinds: $kinds) }`
    expect(ofVariables(query, { kinds: ['LONG', 'WIDE'], also: 'x' })).toEqual(['kinds.1'])
  })

  test('belongs to its error, whatever others there are', () => {
    const query = `query ($a: Int!, $nothing: Nothing, $b: Int, $c: [Kind!]) {
      notes(first: $a) { parts(kinds: $c) } more: notes(first: $b) { text }
    }`
    const variables = { b: 'x" at "input.email', c: ['WIDE', 'LONG'] }
    const definitions = parse(query).definitions[0]
    if (definitions?.kind !== Kind.OPERATION_DEFINITION) throw new Error('There is no operation.')
    const { errors } = getVariableValues(schema, definitions.variableDefinitions ?? [], variables)
    const fields = fieldsOfVariables({ schema, document: parse(query), variables })
    expect(errors?.map(({ message }) => fields.get(message))).toEqual([
      'first',
      undefined,
      'first',
      'kinds.0',
    ])
  })

  test('is of the operation that runs', () => {
    const query = `query A($n: Int) { notes(first: $n) { text } } query B { notes { text } }
      query C($n: Int) { notes(filter: { after: $n }) { text } }`
    expect(ofVariables(query, { n: 'x' }, 'A')).toEqual(['first'])
    expect(ofVariables(query, { n: 'x' }, 'B')).toEqual([])
    expect(ofVariables(query, { n: 'x' }, 'C')).toEqual(['filter.after'])
    expect(ofVariables(query, { n: 'x' })).toEqual([])
  })
})

describe('the field that a written value was for', () => {
  const fieldsOf = (query: string) => {
    const document = parse(query)
    return validate(schema, document).map(({ nodes }) => nodes?.[0] && fieldOfNode(document, nodes[0]))
  }

  test('is its whole path', () => {
    expect(
      fieldsOf('{ notes(first: "x", filter: { authors: [{ name: "A", born: "x" }] }) { text } }'),
    ).toEqual(['first', 'filter.authors.0.born'])
    expect(fieldsOf('mutation { addNote(input: { text: "x", pages: [1, "x"] }) { text } }')).toEqual([
      'pages.1',
    ])
  })

  test('is none for what is no value', () => {
    expect(fieldsOf('{ nothing }')).toEqual([undefined])
  })
})
