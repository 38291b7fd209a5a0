import { describe, expect, test } from 'vitest'
import { memberProblems } from './member.ts'

describe('a new member', () => {
  test('has a name and a password of 10 to 200 characters', () => {
    expect(memberProblems({ name: 'Ann', password: '0123456789' })).toEqual([])
    expect(memberProblems({ name: 'Ann', password: 'ä'.repeat(200) })).toEqual([])
    expect(memberProblems({ name: 'Ann', password: 'any \u0000 character' })).toEqual([])
  })

  test('is told everything that is wrong at once', () => {
    expect(memberProblems({ name: '', password: '012345678' })).toEqual([
      { code: 'INVALID', field: ['name'], message: 'Give 1 to 200 characters.' },
      { code: 'INVALID', field: ['password'], message: 'Give 10 to 200 characters.' },
    ])
    expect(memberProblems({ name: 'A\u0000', password: 'x'.repeat(201) })).toMatchObject([
      { field: ['name'] },
      { field: ['password'] },
    ])
  })
})
