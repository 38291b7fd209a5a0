import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get as getRaw } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountViewer } from '../src/viewer.ts'
import { PUBLIC_URL, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const UUID = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'
const STORAGE = 'https://files.example'

let platform: Platform

beforeAll(async () => {
  platform = await startPlatform({ deps: { storageOrigins: [STORAGE] } })
})
afterAll(() => platform[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${platform.url}${path}`, { headers })

/** By default `fetch` asks for compressed files, and unpacks them. */
function getPacked(path: string, encodings: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    getRaw(`${platform.url}${path}`, { headers: { 'accept-encoding': encodings } }, resolve).on(
      'error',
      reject,
    )
  })
}

/** The address of the script that a page begins with. */
async function scriptOf(path: string): Promise<string> {
  const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(await (await get(path)).text()) ?? []
  return script
}

describe.for(['/v', '/demo/print'])('%s/<uuid>', (path) => {
  test('is a page', async () => {
    const response = await get(`${path}/${UUID}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
  })

  test('that is no UUID is the same page, as not found', async () => {
    const [good, bad] = await Promise.all([get(`${path}/${UUID}`), get(`${path}/nonsense`)])
    expect(bad.status).toBe(404)
    expect(await bad.text()).toBe(await good.text())
  })

  test.for([
    ['en', undefined],
    ['en', 'en-GB,en;q=0.9'],
    ['en', 'de-DE, fr;q=0.8'],
    ['en', '*'],
    ['en', ';;,q=,,'],
    ['ru', 'ru'],
    ['ru', 'ru-RU,ru;q=0.9,en;q=0.8'],
    ['ru', 'de-DE, ru;q=0.5, en;q=0.3'],
    ['en', 'ru;q=0, en;q=0.1'],
  ] as const)('is in %s for Accept-Language: %s', async ([language, accepted]) => {
    const response = await get(
      `${path}/${UUID}`,
      accepted === undefined ? {} : { 'accept-language': accepted },
    )
    expect(response.headers.get('content-language')).toBe(language)
    expect(response.headers.get('vary')).toContain('accept-language')
    expect(await response.text()).toContain(`<html lang="${language}">`)
  })

  test('differs from one language to the other', async () => {
    const [english, russian] = await Promise.all(
      ['en', 'ru'].map(async (language) =>
        (await get(`${path}/${UUID}`, { 'accept-language': language })).text(),
      ),
    )
    expect(russian).not.toBe(english)
    expect(russian).toMatch(/[а-я]/)
    expect(english).not.toMatch(/[а-я]/)
  })

  test('may load files of ours and of the storages, and nothing else', async () => {
    const response = await get(`${path}/${UUID}`)
    const policy = Object.fromEntries(
      (response.headers.get('content-security-policy') ?? '')
        .split('; ')
        .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]),
    )
    const files = ["'self'", PUBLIC_URL, STORAGE]
    expect(policy).toMatchObject({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'worker-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': files,
      'media-src': files,
      'connect-src': [...files, platform.url.replace('http:', 'ws:')],
    })
  })

  test('has no script and no style of its own inside', async () => {
    const html = await (await get(`${path}/${UUID}`)).text()
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/)
    expect(html).not.toMatch(/(?:src|href)="(?!\/viewer\/assets\/|")/)
  })

  test('loads files whose names change with them, and which are kept for a year', async () => {
    const response = await get(await scriptOf(`${path}/${UUID}`))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toMatch(/^(?:text|application)\/javascript/)
  })
})

test('what an older build had is still served, to pages that were opened before', async () => {
  const older = await mkdtemp(join(tmpdir(), 'arv-older-build-'))
  await writeFile(join(older, 'old-1234.js'), 'old')
  await writeFile(join(older, 'old-1234.js.br'), brotliCompressSync('old'))
  const newer = await mkdtemp(join(tmpdir(), 'arv-newer-build-'))
  await writeFile(join(newer, 'new-5678.js'), 'new')
  const app = fastify()
  const page = () => ({ html: '', language: 'en' })
  const site = { assetsFolders: [newer, older], page }
  await mountViewer(app, { site, publicUrl: PUBLIC_URL, storageOrigins: [] })
  const answers = await Promise.all(
    ['new-5678.js', 'old-1234.js', 'none.js'].map(async (name) => {
      const headers = { 'accept-encoding': 'br, gzip' }
      const { statusCode, rawPayload } = await app.inject({ url: `/viewer/assets/${name}`, headers })
      return [statusCode, statusCode === 200 ? rawPayload.length : null]
    }),
  )
  expect(answers).toEqual([
    [200, 3],
    [200, brotliCompressSync('old').length],
    [404, null],
  ])
  await app.close()
  await Promise.all([older, newer].map((folder) => rm(folder, { recursive: true })))
})

test('a host that is none does not come into the policy', async () => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    getRaw(
      `${platform.url}/v/${UUID}`,
      { headers: { host: "evil.example;script-src-elem *,'unsafe-inline'" } },
      resolve,
    ).on('error', reject)
  })
  await buffer(response)
  expect(response.headers['content-security-policy'] ?? '').not.toContain('evil')
})

test.for([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('scripts are sent as %s to those who take it', async ([encoding, unpack]) => {
  const script = await scriptOf(`/v/${UUID}`)
  const packed = await getPacked(script, encoding)
  expect(packed.headers['content-encoding']).toBe(encoding)
  expect(packed.headers.vary).toContain('accept-encoding')
  expect(unpack(await buffer(packed)).toString()).toBe(await (await get(script)).text())
})

test.for([
  '/viewer/assets/',
  '/viewer/assets/nothing.js',
  '/viewer/viewer.html',
  '/viewer/assets/../viewer.html',
])('%s is not there', async (path) => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    getRaw(platform.url, { path }, resolve).on('error', reject)
  })
  await buffer(response)
  expect(response.statusCode).toBeOneOf([403, 404])
})
