import { describe, expect, test } from 'vitest'
import { futureProblem, isPlain, rangeProblem, textOrNull, textProblem } from './field-rules.ts'

describe('a text', () => {
  test('may be as long as its rule says, counted in characters', () => {
    expect(textProblem('name', 'a'.repeat(200), { min: 1, max: 200 })).toBeNull()
    expect(textProblem('name', '🎉'.repeat(200), { min: 1, max: 200 })).toBeNull()
    expect(textProblem('name', 'a'.repeat(201), { min: 1, max: 200 })).toEqual({
      code: 'INVALID',
      field: ['name'],
      message: 'Give 1 to 200 characters.',
    })
    expect(textProblem('name', '', { min: 1, max: 200 })?.message).toBe('Give 1 to 200 characters.')
    expect(textProblem('notes', 'abc', { max: 2 })?.message).toBe('Give at most 2 characters.')
  })

  test('that is not there is no problem', () => {
    expect(textProblem('notes', null, { min: 1, max: 5 })).toBeNull()
  })

  test('has no control characters, but for lines where it may have several', () => {
    expect(isPlain('a\u0000b')).toBe(false)
    expect(isPlain('a\nb')).toBe(false)
    expect(isPlain('a\nb\tc\r\n', true)).toBe(true)
    expect(isPlain('a\u0000b', true)).toBe(false)
    expect(isPlain('a\u001Bb', true)).toBe(false)
    expect(isPlain('\uD800')).toBe(false)
    expect(isPlain('Łódź 日本 🎉')).toBe(true)
    expect(textProblem('name', 'a\u0007b', { max: 9 })?.message).toBe('Leave out control characters.')
  })

  test('is valid Unicode, and told so when it is not', () => {
    expect(textProblem('name', 'a\uD800', { max: 9 })).toEqual({
      code: 'INVALID',
      field: ['name'],
      message: 'Leave out the character that isn’t valid Unicode.',
    })
  })

  test('of nothing but spaces is none', () => {
    expect(textOrNull(' \n ')).toBeNull()
    expect(textOrNull(undefined)).toBeNull()
    expect(textOrNull(null)).toBeNull()
    expect(textOrNull(' Ann ')).toBe('Ann')
  })
})

test('a number is whole and within its range', () => {
  expect(rangeProblem('projectsLimit', 0, { min: 0, max: 9 })).toBeNull()
  expect(rangeProblem('projectsLimit', 9, { min: 0, max: 9 })).toBeNull()
  expect(rangeProblem('projectsLimit', undefined, { min: 0, max: 9 })).toBeNull()
  expect(rangeProblem('projectsLimit', -1, { min: 0, max: 9 })).toEqual({
    code: 'INVALID',
    field: ['projectsLimit'],
    message: 'Give a whole number from 0 to 9.',
  })
  expect(rangeProblem('projectsLimit', 10, { min: 0, max: 9 })?.code).toBe('INVALID')
})

test('the future begins after now', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  expect(futureProblem('expiresAt', new Date('2026-11-22T12:00:00.001Z'), now)).toBeNull()
  expect(futureProblem('expiresAt', null, now)).toBeNull()
  expect(futureProblem('expiresAt', now, now)?.message).toBe('Give a moment in the future.')
})
