import { expect, test } from 'vitest'
import { StorageError } from './storage-error.ts'
import { fromSystemError } from './system-error.ts'

const systemError = (code: string) => Object.assign(new Error(`${code}: /srv/secret/place`), { code })

test.each([
  ['ENOSPC', 'OUT_OF_SPACE'],
  ['EDQUOT', 'OUT_OF_SPACE'],
  ['EACCES', 'PERMISSION'],
  ['EROFS', 'PERMISSION'],
  ['ENOENT', 'NOT_FOUND'],
  ['ENAMETOOLONG', 'INVALID_PATH'],
  ['EIO', 'UNAVAILABLE'],
])('%s of the system is %s of the storage, and its text stays inside', (system, code) => {
  const cause = systemError(system)
  const error = fromSystemError(cause)
  expect(error).toMatchObject({ code, cause })
  expect(error.message).not.toContain('secret')
})

test('what has no code is an outage', () => {
  expect(fromSystemError('odd')).toMatchObject({ code: 'UNAVAILABLE', cause: 'odd' })
})

test('a storage error stays itself', () => {
  const error = new StorageError('TOO_LARGE')
  expect(fromSystemError(error)).toBe(error)
})
