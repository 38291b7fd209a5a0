import { expect, test } from 'vitest'
import { isApiKey, makeApiKey, readApiKey } from './api-key.ts'

test('a key is read back to the hash that is kept of it', () => {
  const { secret, prefix, hash } = makeApiKey()
  expect(secret).toMatch(/^arv_[a-z0-9]{10}_[\w-]{43}$/)
  expect(secret.startsWith(`${prefix}_`)).toBe(true)
  expect(isApiKey(secret)).toBe(true)
  expect(readApiKey(secret)).toEqual(hash)
})

test('another last character is another key', () => {
  const { secret, hash } = makeApiKey()
  const other = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`
  expect(readApiKey(other)).not.toEqual(hash)
})

test('what can’t be a key has no hash', () => {
  for (const text of [
    '',
    'arv_',
    'arv_abcdefghij_short',
    `x${makeApiKey().secret}`,
    `${makeApiKey().secret}x`,
  ]) {
    expect(readApiKey(text)).toBeNull()
  }
})
