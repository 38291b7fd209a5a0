import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { misfitOf } from './answer-shape.ts'

const schema = buildSchema(`
  type Query { poster: Poster! things: [Thing!] count: Int at: Instant kind: Kind }
  union Thing = Poster | Video
  type Poster { id: ID! title: String! width: Float isDark: Boolean tags: [String!]! owner: Poster }
  type Video { id: ID! seconds: Int! }
  scalar Instant
  enum Kind { A B }
`)

describe('what a subgraph answers fits its schema', () => {
  test.for([
    [
      '{ poster { id title width isDark tags } }',
      { poster: { id: 7, title: 'a', width: 1.5, isDark: null, tags: ['x'] } },
    ],
    ['{ n: count at kind }', { n: 3, at: { any: 'thing' }, kind: 'A' }],
    [
      '{ things { __typename ... on Video { seconds } } }',
      { things: [{ __typename: 'Video', seconds: 1 }, { __typename: 'Poster' }] },
    ],
    [
      '{ things { __typename ...V } } fragment V on Video { seconds }',
      { things: [{ __typename: 'Video', seconds: 1 }] },
    ],
    ['{ poster { secret } }', { poster: { secret: {} } }],
    ['query ($no: Boolean!) { count @include(if: $no) ... @skip(if: $no) { kind } }', {}],
  ] as const)('%s', ([query, data]) => {
    expect(misfitOf(data, parse(query), schema)).toBeUndefined()
  })
})

describe('what a subgraph answers doesn’t', () => {
  test.for([
    ['is no object', '{ count }', [], []],
    ['is null where there must be something', '{ poster { id } }', { poster: null }, ['poster']],
    ['is missing', '{ count }', {}, ['count']],
    ['is missing under an alias', '{ n: count }', { count: 3 }, ['n']],
    ['is text in place of a number', '{ count }', { count: '3' }, ['count']],
    ['is a fraction in place of a whole number', '{ count }', { count: 1.5 }, ['count']],
    ['is a number in place of text', '{ poster { title } }', { poster: { title: 3 } }, ['poster', 'title']],
    ['is an object in place of a list', '{ poster { tags } }', { poster: { tags: {} } }, ['poster', 'tags']],
    ['is null in a list', '{ poster { tags } }', { poster: { tags: ['a', null] } }, ['poster', 'tags', 1]],
    [
      'is text in place of an object',
      '{ poster { owner { id } } }',
      { poster: { owner: 'x' } },
      ['poster', 'owner'],
    ],
    [
      'is wrong in one type of several',
      '{ things { __typename ... on Video { seconds } } }',
      { things: [{ __typename: 'Poster' }, { __typename: 'Video', seconds: null }] },
      ['things', 1, 'seconds'],
    ],
  ] as const)('because it %s', ([, query, data, path]) => {
    expect(misfitOf(data, parse(query), schema)).toEqual(path)
  })
})

describe('entities', () => {
  const document = parse(`query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on Poster { title } ... on Video { seconds } }
  }`)
  const asked = [
    { __typename: 'Poster', id: 1 },
    { __typename: 'Video', id: 2 },
  ]

  test.for([
    [[{ title: 'a' }, { seconds: 1 }], undefined],
    [[null, null], undefined],
    [[{ title: 'a' }], ['_entities']],
    [[{ title: 'a' }, null, null], ['_entities']],
    [null, ['_entities']],
    [
      [{ title: 'a' }, { seconds: 'long' }],
      ['_entities', 1, 'seconds'],
    ],
    [
      [{ title: 'a' }, 'b'],
      ['_entities', 1],
    ],
  ] as const)('%j', ([entities, path]) => {
    expect(misfitOf({ _entities: entities }, document, schema, asked)).toEqual(path)
  })
})
