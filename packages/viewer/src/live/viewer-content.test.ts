import { expect, test } from 'vitest'
import { uuidInPath } from './viewer-content.ts'

const UUID = '0b8a1f6e-6f0c-4c53-9a64-2f2f0d5b7c11'

test.for([
  [`/v/${UUID}`, 2, UUID],
  [`/v/${UUID.toUpperCase()}`, 2, UUID],
  [`/v/${UUID}/`, 2, UUID],
  [`/demo/print/${UUID}`, 3, UUID],
  [`/demo/print/${UUID}`, 2, null],
  [`/v/${UUID}0`, 2, null],
  ['/v/0b8a1f6e6f0c4c539a642f2f0d5b7c11', 2, null],
  ['/v/', 2, null],
  ['/', 2, null],
] as const)('in %s, part %d is %s', ([path, part, expected]) => {
  expect(uuidInPath(path, part)).toBe(expected)
})
