import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createTestDatabase, type TestDatabase } from '@arv/testkit'
import { pino } from 'pino'
import qrcode from 'qrcode'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { banner } from '../src/banner.ts'
import { readSettings, type RunningArv, type Settings, startArv } from '../src/index.ts'

const UUID = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'
let database: TestDatabase
let folder: string
let settings: Settings
let arv: RunningArv
let certificate: string

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'arv-lan-'))
  const variables = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    ARV_DATA_DIR: folder,
    DATABASE_URL: database.ownerUrl,
    DATABASE_URL_TENANCY: database.urls.tenancy,
    DATABASE_URL_CONTENT: database.urls.content,
    DATABASE_URL_MEDIA: database.urls.media,
    DATABASE_URL_ANALYTICS: database.urls.analytics,
    DATABASE_URL_VIEWER: database.urls.viewer,
  }
  // Whatever network the machine is in, or none.
  settings = { ...readSettings(variables, 'lan'), host: '127.0.0.1' }
  arv = await startArv(settings, pino({ level: 'silent' }))
  certificate = await readFile(join(folder, 'lan/certificate.pem'), 'utf8')
})
afterAll(async () => {
  await arv.close()
  await rm(folder, { recursive: true })
  await database.drop()
})

/** An answer to somebody who trusts the certificate in the data folder and no other. */
function get(path: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{ headers: object; body: Buffer }>()
  request(`${arv.url}${path}`, { ca: certificate, agent: false }, (response) => {
    buffer(response).then((body) => resolve({ headers: response.headers, body }), reject)
  })
    .on('error', reject)
    .end()
  return promise
}

test('everything is reached over HTTPS, with the certificate that the data folder keeps', async () => {
  expect(arv.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect([arv.publicUrl, arv.lanUrls]).toEqual([arv.url, [arv.url]])
  const { body } = await get('/readyz')
  expect(JSON.parse(body.toString())).toMatchObject({ status: 'ready' })
  expect(new X509Certificate(certificate).subjectAltName).toMatch(
    /^IP Address:127\.0\.0\.1, DNS:localhost, IP Address:0:0:0:0:0:0:0:1/,
  )
})

test('a browser is not told to insist on HTTPS for whatever else is on localhost', async () => {
  expect((await get('/')).headers).not.toHaveProperty('strict-transport-security')
})

test('a QR code opens the viewer over HTTPS', async () => {
  const { body } = await get(`/qr/${UUID}.png`)
  const address = `${arv.publicUrl}/v/${UUID}`
  expect(body.equals(await qrcode.toBuffer(address, { errorCorrectionLevel: 'Q', width: 1024 }))).toBe(true)
})

test('who starts it is told what phones will say', () => {
  const words = banner({ ...arv, lanUrls: [arv.publicUrl, 'https://10.0.0.4:4000'] }, settings)
  expect(words).toContain(`Start page      ${arv.publicUrl}/\n  Also at         https://10.0.0.4:4000/\n`)
  expect(words).toContain('Phones in the same network reach it, too. They warn of the certificate')
})
