import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLanIdentity } from './lan-identity.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const NAMES = ['192.168.1.23', '::1', 'localhost', 'desk']
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-lan-'))
})
afterEach(() => rm(folder, { recursive: true }))

const days = (count: number) => new Date(NOW.getTime() + count * 86_400_000)

test('a certificate holds every name, for a year, and nobody else can read its key', async () => {
  const { key, certificate } = await openLanIdentity(folder, NAMES, NOW)
  const parsed = new X509Certificate(certificate)
  expect(parsed.subjectAltName).toBe(
    'IP Address:192.168.1.23, IP Address:0:0:0:0:0:0:0:1, DNS:localhost, DNS:desk',
  )
  expect([parsed.validFromDate, parsed.validToDate]).toEqual([days(-1), days(365)])
  expect(parsed.ca).toBe(false)
  expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  expect(await readFile(join(folder, 'lan/key.pem'), 'utf8')).toBe(key)
  expect((await stat(join(folder, 'lan/key.pem'))).mode & 0o777).toBe(0o600)
})

test('PostgreSQL’s user still gets into a data folder that was made for it', async () => {
  await openLanIdentity(join(folder, 'data'), NAMES, NOW)
  const modes = await Promise.all(['data', 'data/lan'].map((name) => stat(join(folder, name))))
  expect(modes.map(({ mode }) => mode & 0o011)).toEqual([0o011, 0])
})

test('it stays the same while it lasts and holds the names', async () => {
  const made = await openLanIdentity(folder, NAMES, NOW)
  expect(await openLanIdentity(folder, NAMES, days(300))).toEqual(made)
  // A laptop that is at home again is known there.
  expect(await openLanIdentity(folder, ['192.168.1.23', 'localhost'], NOW)).toEqual(made)
})

test.each([
  ['it ends soon', NAMES, days(352)],
  ['it is of the future', NAMES, days(-30)],
  ['an address is new', [...NAMES, '10.0.0.4'], NOW],
  ['a name is new', [...NAMES, 'other-desk'], NOW],
])('another is made when %s', async (_why, names, now) => {
  const made = await openLanIdentity(folder, NAMES, NOW)
  const next = await openLanIdentity(folder, names, now)
  expect(next.certificate).not.toBe(made.certificate)
  expect(await openLanIdentity(folder, names, now)).toEqual(next)
})

test.each(['key.pem', 'certificate.pem'])('another is made when %s is damaged', async (file) => {
  const made = await openLanIdentity(folder, NAMES, NOW)
  await writeFile(join(folder, 'lan', file), 'damaged')
  const next = await openLanIdentity(folder, NAMES, NOW)
  expect(next.key).not.toBe(made.key)
  expect(await openLanIdentity(folder, NAMES, NOW)).toEqual(next)
})

test('another is made when key and certificate are not of one pair', async () => {
  const made = await openLanIdentity(folder, NAMES, NOW)
  await writeFile(
    join(folder, 'lan/certificate.pem'),
    (await openLanIdentity(`${folder}/other`, NAMES, NOW)).certificate,
  )
  expect((await openLanIdentity(folder, NAMES, NOW)).key).not.toBe(made.key)
})
