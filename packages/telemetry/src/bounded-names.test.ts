import { expect, test } from 'vitest'
import { boundNames } from './bounded-names.ts'

test('the first names keep their own, later ones are other', () => {
  const nameOf = boundNames(2)
  expect(['A', 'B', 'C', 'A', 'D', 'B'].map(nameOf)).toEqual(['A', 'B', 'other', 'A', 'other', 'B'])
})

test('known names have room of their own, also when they come last', () => {
  const nameOf = boundNames(1, ['SignIn', 'ViewerContent'])
  expect(['A', 'B', 'ViewerContent', 'SignIn'].map(nameOf)).toEqual(['A', 'other', 'ViewerContent', 'SignIn'])
})

test('an operation without a name is anonymous', () => {
  expect([undefined, null, ''].map(boundNames(1))).toEqual(['anonymous', 'anonymous', 'anonymous'])
})

test('a name that is too long is other, and takes no room', () => {
  const nameOf = boundNames(1)
  expect(['x'.repeat(81), 'Y'].map(nameOf)).toEqual(['other', 'Y'])
})
