import { describe, expect, test } from 'vitest'
import { toCursor } from './cursor.ts'
import type { Ordering } from './ordering.ts'
import { parsePageArgs } from './page.ts'

const byCreation: Ordering = { key: 'CREATED_AT', direction: 'desc', type: 'timestamp' }
const byName: Ordering = { key: 'NAME', direction: 'asc', type: 'text' }
const byExpiry: Ordering = { key: 'EXPIRES_AT', direction: 'asc', type: 'timestamp', nullable: true }
const position = { sort: '2026-11-05T12:00:00.123456Z', id: 17 }
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('page arguments', () => {
  test('without any, the first twenty', () => {
    expect(parsePageArgs({}, byCreation)).toEqual({
      kind: 'ok',
      page: { ordering: byCreation, limit: 20, direction: 'forward', after: null, before: null },
    })
  })

  test('null is as good as not given', () => {
    expect(parsePageArgs({ first: null, after: null, last: null, before: null }, byCreation)).toMatchObject({
      kind: 'ok',
      page: { limit: 20, direction: 'forward' },
    })
  })

  test('`last` reads from the end, and a cursor keeps its microseconds', () => {
    expect(parsePageArgs({ last: 100, before: toCursor(byCreation, position) }, byCreation)).toEqual({
      kind: 'ok',
      page: { ordering: byCreation, limit: 100, direction: 'backward', after: null, before: position },
    })
  })

  test.each([
    [{ first: 0 }, 'first', '"first" must be from 1 to 100.'],
    [{ first: -1 }, 'first', '"first" must be from 1 to 100.'],
    [{ first: 101 }, 'first', '"first" must be from 1 to 100.'],
    [{ last: 0 }, 'last', '"last" must be from 1 to 100.'],
    [{ last: 101 }, 'last', '"last" must be from 1 to 100.'],
    [{ first: 1, last: 1 }, 'last', 'Give either "first" or "last", not both.'],
  ] as const)('%j is refused', (args, field, message) => {
    expect(parsePageArgs(args, byCreation)).toEqual({ kind: 'invalid', field, message })
  })

  test.each([
    ['of another column', toCursor(byName, { sort: 'Ann', id: 1 })],
    ['of the other direction', toCursor({ ...byCreation, direction: 'asc' }, position)],
  ])('a cursor %s is refused as such', (_what, after) => {
    expect(parsePageArgs({ after }, byCreation)).toEqual({
      kind: 'invalid',
      field: 'after',
      message: '"after" is a cursor of another ordering: start again without it when the ordering changes.',
    })
  })

  test.each([
    ['nothing', ''],
    ['garbage', '%%%'],
    ['JSON that is no array', encode({ id: 1 })],
    ['no id', encode(['CREATED_AT desc', position.sort])],
    ['an id that is text', encode(['CREATED_AT desc', position.sort, '17'])],
    ['an id that no row can have', encode(['CREATED_AT desc', position.sort, 2 ** 53])],
    ['SQL', encode(['CREATED_AT desc', "'; drop table projects; --", 17])],
    ['30 February', encode(['CREATED_AT desc', '2026-02-30T12:00:00.123456Z', 17])],
    ['milliseconds only', encode(['CREATED_AT desc', '2026-02-03T12:00:00.123Z', 17])],
    ['null where the column can’t be', encode(['CREATED_AT desc', null, 17])],
    ['more than a cursor holds', encode(['CREATED_AT desc', position.sort, 17, 1])],
    ['too much', encode(['CREATED_AT desc', 'x'.repeat(5000), 17])],
  ])('a cursor that holds %s is refused', (_what, before) => {
    expect(parsePageArgs({ last: 5, before }, byCreation)).toEqual({
      kind: 'invalid',
      field: 'before',
      message: '"before" is not a cursor: use one that this list returned.',
    })
  })

  test('a text cursor with a NUL, which PostgreSQL can’t compare, is refused', () => {
    expect(parsePageArgs({ after: encode(['NAME asc', 'a\0b', 1]) }, byName)).toMatchObject({
      field: 'after',
    })
  })

  test('null is a place in an ordering whose column can be null', () => {
    expect(parsePageArgs({ after: toCursor(byExpiry, { sort: null, id: 3 }) }, byExpiry)).toMatchObject({
      kind: 'ok',
      page: { after: { sort: null, id: 3 } },
    })
  })
})
