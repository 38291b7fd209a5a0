import { expect, test } from 'vitest'
import { readDemoArguments } from './demo-arguments.ts'

const NOTHING = { help: false, url: undefined, email: undefined }

test.each([
  [[], NOTHING],
  [['-h'], { ...NOTHING, help: true }],
  [['--url', 'https://192.168.1.5:4000/graphiql'], { ...NOTHING, url: 'https://192.168.1.5:4000' }],
  [
    ['--url=http://localhost', '--email', 'a@b.example'],
    { ...NOTHING, url: 'http://localhost', email: 'a@b.example' },
  ],
])('%j', (given, wanted) => {
  expect(readDemoArguments(given)).toEqual(wanted)
})

test.each([[['--password', 'x']], [['now']], [['--url']]])('%j is refused', (given) => {
  expect(() => readDemoArguments(given)).toThrow('"demo --help" says more.')
})

test.each(['localhost:4000', 'ftp://x', 'x', ''])('%j is no address', (address) => {
  expect(() => readDemoArguments(['--url', address])).toThrow(
    '--url takes an address that begins with http:// or https://.',
  )
})
