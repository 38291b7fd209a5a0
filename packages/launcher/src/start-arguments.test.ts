import { expect, test } from 'vitest'
import { readStartArguments } from './start-arguments.ts'

test.each([
  [[], { lan: false, help: false }],
  [['--lan'], { lan: true, help: false }],
  [['-h'], { lan: false, help: true }],
  [['--help', '--lan'], { lan: true, help: true }],
])('%j', (given, wanted) => {
  expect(readStartArguments(given)).toEqual(wanted)
})

test.each([[['--lann']], [['lan']], [['--lan=yes']], [['-x']]])('%j is refused', (given) => {
  expect(() => readStartArguments(given)).toThrow('Say "start" or "start --lan"; "start --help" says more.')
})
