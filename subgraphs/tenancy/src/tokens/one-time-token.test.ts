import { expect, test } from 'vitest'
import { makeOneTimeToken, readOneTimeToken } from './one-time-token.ts'

test('a token is 32 random bytes, of which a hash is kept', () => {
  const one = makeOneTimeToken()
  expect(one.token).toMatch(/^[\w-]{43}$/)
  expect(one.hash).toHaveLength(32)
  expect(readOneTimeToken(one.token)).toEqual(one.hash)
  expect(makeOneTimeToken().token).not.toBe(one.token)
})

test('the hash is SHA-256 of the bytes', () => {
  expect(readOneTimeToken('A'.repeat(43))?.toString('hex')).toBe(
    '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925',
  )
})

test.each(['', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, `${'A'.repeat(42)} `, 'ä'.repeat(43)])(
  '%j is no token',
  (text) => {
    expect(readOneTimeToken(text)).toBeNull()
  },
)
