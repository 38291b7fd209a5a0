import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeSecrets, openSecrets } from './secret-store.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('what was made once is found again, and only its owner can read it', async () => {
  const made = await openSecrets(join(folder, 'new'), {})
  expect(await openSecrets(join(folder, 'new'), {})).toEqual(made)
  expect((await stat(join(folder, 'new', 'secrets.json'))).mode & 0o777).toBe(0o600)
})

test('no two installations, and no two logins, have the same', async () => {
  const [one, other] = [makeSecrets(), makeSecrets()]
  const all = [one, other].flatMap(({ loginPasswords, ...rest }) => [
    ...Object.values(rest),
    ...Object.values(loginPasswords),
  ])
  expect(new Set(all).size).toBe(18)
})

test('a given secret wins over the kept one, and is not kept', async () => {
  const made = await openSecrets(folder, {})
  const given = { urlSigningKey: 'given' }
  expect(await openSecrets(folder, given)).toEqual({ ...made, urlSigningKey: 'given' })
  expect(await openSecrets(folder, {})).toEqual(made)
})

test('when all are given, nothing is written', async () => {
  const given = makeSecrets()
  expect(await openSecrets(join(folder, 'untouched'), given)).toEqual(given)
  await expect(stat(join(folder, 'untouched'))).rejects.toThrow('ENOENT')
})

test('a file of before the gateway had a login is good', async () => {
  const made = makeSecrets()
  const { gateway: _, ...loginPasswords } = made.loginPasswords
  await writeFile(join(folder, 'secrets.json'), JSON.stringify({ ...made, loginPasswords }))
  expect(await openSecrets(folder, {})).toEqual({ ...made, loginPasswords })
})

test('a damaged file is an error, and stays as it is', async () => {
  const file = join(folder, 'secrets.json')
  await writeFile(file, '{"urlSigningKey":')
  await expect(openSecrets(folder, {})).rejects.toThrow(`The file ${file} is damaged`)
  expect(await readFile(file, 'utf8')).toBe('{"urlSigningKey":')
})

test('a file in the folder’s place is named', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(openSecrets(file, {})).rejects.toThrow(
    `The data folder ${file} can't be used: it is a file. Set ARV_DATA_DIR to another.`,
  )
})
