import { describe, expect, test } from 'vitest'
import { asGiven, changesOf, clearable, clearedProblems, kept, plainObject } from './patch.ts'

describe('a patch', () => {
  test('leaves alone what is not given, and clears what is null', () => {
    expect(clearable(undefined, asGiven)).toBeUndefined()
    expect(clearable(null, asGiven)).toBeNull()
    expect(clearable('a', asGiven)).toBe('a')
    expect(clearable('  ', (text) => text.trim() || null)).toBeNull()
  })

  test('says no to clearing what always has a value', () => {
    expect(kept(null, asGiven)).toBeUndefined()
    expect(clearedProblems({ name: null, slug: 'a' }, ['name', 'slug'])).toEqual([
      { code: 'INVALID', field: ['name'], message: 'This can be changed, but not cleared.' },
    ])
  })
})

test('what is as it was is no change', () => {
  const entity = { name: 'a', at: new Date(1) as Date | null, tags: ['x'], metadata: { a: 1, b: [2] } }
  expect(changesOf(entity, { name: 'a', at: new Date(1), tags: ['x'], metadata: { b: [2], a: 1 } })).toEqual(
    {},
  )
  expect(changesOf(entity, { name: undefined })).toEqual({})
  expect(changesOf(entity, { name: 'b', at: null, tags: ['x', 'y'] })).toEqual({
    name: 'b',
    at: null,
    tags: ['x', 'y'],
  })
})

test('an object of a document equals the same one of the database', () => {
  const ofDocument: Record<string, unknown> = Object.assign(Object.create(null), { a: 1 })
  const entity: { metadata: Record<string, unknown> } = { metadata: { a: 1 } }
  expect(changesOf(entity, { metadata: plainObject(ofDocument) })).toEqual({})
})
