import { GraphQLError, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { placeErrors } from './unplaced-errors.ts'

const down = new GraphQLError('down', { extensions: { code: 'SERVICE_UNAVAILABLE' } })

describe('an error without a place', () => {
  test('is given to every root field that was asked for', () => {
    const { errors } = placeErrors({ errors: [down] }, parse('{ a other: b { c } }'), undefined)
    expect(errors?.map((error) => error.path)).toEqual([['a'], ['other']])
    expect(errors?.[0]?.extensions).toEqual({ code: 'SERVICE_UNAVAILABLE' })
  })

  test('is given to every field of every entity, by its type', () => {
    const document = parse(`query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Company { __typename name used: storageUsedBytes }
        ... on User { email }
      }
    }`)
    const { errors } = placeErrors({ errors: [down], data: null }, document, [
      { __typename: 'User', id: 1 },
      { __typename: 'Company', id: 2 },
    ])
    expect(errors?.map((error) => error.path)).toEqual([
      ['_entities', 0, 'email'],
      ['_entities', 1, 'name'],
      ['_entities', 1, 'used'],
    ])
  })
})

test('an error that has its place keeps it', () => {
  const placed = new GraphQLError('no', { path: ['a'] })
  const result = { data: { a: null, b: 1 }, errors: [placed] }
  expect(placeErrors(result, parse('{ a b }'), undefined)).toBe(result)
})
