import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { toGraphQLError, withCode } from './graphql-errors.ts'

describe('anything becomes a GraphQLError', () => {
  test('an Error keeps its message and stays the cause', () => {
    const cause = new Error('connection lost')
    const error = toGraphQLError(cause)
    expect(error).toBeInstanceOf(GraphQLError)
    expect([error.message, error.originalError]).toEqual(['connection lost', cause])
  })

  test('an error as JSON keeps message, path and extensions, and loses places in a document nobody sent', () => {
    const json = {
      message: 'No.',
      path: ['a', 0],
      extensions: { code: 'FORBIDDEN' },
      locations: [{ line: 1, column: 2 }],
    }
    expect(toGraphQLError(json).toJSON()).toEqual({
      message: 'No.',
      path: ['a', 0],
      extensions: { code: 'FORBIDDEN' },
    })
  })

  test('a GraphQLError is itself', () => {
    const error = new GraphQLError('No.')
    expect(toGraphQLError(error)).toBe(error)
  })

  test.each([[undefined], [null], ['text'], [{}], [[]], [{ message: 7 }], [{ code: 1006, reason: '' }]])(
    '%j, which is no error at all, says nothing',
    (value) => {
      expect(toGraphQLError(value).toJSON()).toEqual({ message: 'Unexpected error.' })
    },
  )

  test('paths and extensions of a wrong shape are dropped', () => {
    expect(toGraphQLError({ message: 'No.', path: [{}], extensions: 'code' }).toJSON()).toEqual({
      message: 'No.',
    })
  })
})

test('a code is added to an error that has none, and never replaced', () => {
  expect(withCode(new GraphQLError('No.'), 'BAD_USER_INPUT').extensions).toEqual({ code: 'BAD_USER_INPUT' })
  const coded = new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } })
  expect(withCode(coded, 'BAD_USER_INPUT').extensions).toEqual({ code: 'FORBIDDEN' })
})
