import { get as getRaw } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    expect(html).not.toMatch(/(?:src|href)="(?!\/viewer\/assets\/)/)
  })

  test('loads files whose names change with them, and which are kept for a year', async () => {
    const response = await get(await scriptOf(`${path}/${UUID}`))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toMatch(/^(?:text|application)\/javascript/)
  })
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
  expect(response.statusCode).toBe(404)
})
