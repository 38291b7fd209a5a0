import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const UUID = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

let platform: Platform

beforeAll(async () => {
  platform = await startPlatform({
    deps: {
      mountRoutes(app) {
        app.get('/media/:uuid/:name', () => 'file')
        app.get('/broken', () => {
          throw new Error('ENOENT /srv/secret')
        })
      },
    },
  })
})
afterAll(() => platform[Symbol.asyncDispose]())

const ANSWERS: readonly (readonly [string, string, number, RequestInit?])[] = [
  ['a page', '/', 200],
  ['the explorer', '/graphiql', 200],
  ['Apollo’s explorer', '/sandbox', 200],
  ['the visitor’s page', `/v/${UUID}`, 200],
  ['a page that is not there', '/v/nonsense', 404],
  ['a script', '/assets/sandbox.js', 200],
  ['an answer', '/graphql?query=%7Bme%7Bid%7D%7D', 200, { headers: { 'apollo-require-preflight': '1' } }],
  ['a refusal', '/graphql', 400, { method: 'POST', body: 'x' }],
  [
    'a token that is not good',
    '/graphql',
    401,
    { headers: { authorization: 'Bearer x', 'apollo-require-preflight': '1' } },
  ],
  ['a redirection', '/graphql', 302, { headers: { accept: 'text/html' }, redirect: 'manual' }],
  ['another method', '/graphql', 405, { method: 'PUT' }],
  [
    'a preflight',
    '/graphql',
    403,
    {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    },
  ],
  ['a file', `/media/${UUID}/a.jpg`, 200],
  ['a code to print', `/qr/${UUID}.svg`, 200],
  ['health', '/healthz', 200],
  ['nothing', '/nothing', 404],
  ['an address that can’t be read', '/%ff', 400],
  ['a failure of ours', '/broken', 500],
]

test.for(ANSWERS)('%s has every header that keeps browsers in check', async ([, path, status, init]) => {
  const response = await fetch(`${platform.url}${path}`, init)
  expect(response.status).toBe(status)
  const headers = Object.fromEntries(response.headers)
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'strict-transport-security': 'max-age=31536000',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; base-uri 'none'; form-action 'none'; /,
  )
  expect(headers['content-security-policy']).toMatch(/frame-ancestors '(none|self)'/)
  expect(headers['permissions-policy']).toContain('geolocation=()')
  expect(headers['cross-origin-opener-policy']).toMatch(/^same-origin/)
  expect(headers['cross-origin-resource-policy']).toMatch(/^(same|cross)-origin$/)
  expect(headers).not.toHaveProperty('server')
  expect(headers).not.toHaveProperty('x-powered-by')
})

describe('a policy', () => {
  test('of what is no page allows nothing', async () => {
    for (const path of ['/healthz', '/nothing', '/assets/page.css', `/qr/${UUID}.svg`]) {
      const { headers } = await fetch(`${platform.url}${path}`)
      expect([path, headers.get('content-security-policy')]).toEqual([path, NOTHING])
    }
  })

  test.for(['/', '/graphiql', '/sandbox', `/v/${UUID}`])(
    'of %s lets no script but its own run',
    async (path) => {
      const { headers } = await fetch(`${platform.url}${path}`)
      const [, scripts = ''] = /script-src ([^;]+)/.exec(headers.get('content-security-policy') ?? '') ?? []
      expect(scripts.split(' ')[0]).toBe("'self'")
      expect(scripts).not.toMatch(/unsafe|\*|data:|http:/)
    },
  )

  test.for(['/', '/sandbox', `/v/${UUID}`])('of %s has no exception', async (path) => {
    const { headers } = await fetch(`${platform.url}${path}`)
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
  })

  test('of GraphiQL has one: its editor makes its styles as it runs', async () => {
    const { headers } = await fetch(`${platform.url}/graphiql`)
    const exceptions = (headers.get('content-security-policy') ?? '')
      .split('; ')
      .filter((directive) => directive.includes('unsafe'))
    expect(exceptions).toEqual(["style-src 'self' 'unsafe-inline'"])
  })
})

test('the camera is for the visitor’s page only', async () => {
  const cameras = await Promise.all(
    [`/v/${UUID}`, '/', '/graphiql', '/graphql', '/nothing'].map(async (path) => {
      const { headers } = await fetch(`${platform.url}${path}`)
      return /camera=\((\w*)\)/.exec(headers.get('permissions-policy') ?? '')?.[1]
    }),
  )
  expect(cameras).toEqual(['self', '', '', '', ''])
})

test('pages of other origins may show files and codes, and nothing else', async () => {
  const resources = await Promise.all(
    [`/media/${UUID}/a.jpg`, `/qr/${UUID}.svg`, '/graphql', '/healthz', '/assets/sandbox.js'].map(
      async (path) => (await fetch(`${platform.url}${path}`)).headers.get('cross-origin-resource-policy'),
    ),
  )
  expect(resources).toEqual(['cross-origin', 'cross-origin', 'same-origin', 'same-origin', 'same-origin'])
})

test('browsers are told to come by HTTPS only where there is HTTPS', async () => {
  await using local = await startPlatform({ deps: { publicUrl: 'http://localhost:4000' } })
  const { headers } = await fetch(`${local.url}/`)
  expect(headers.get('strict-transport-security')).toBeNull()
})

test('what is no HTTP is answered without a guess at its type', async () => {
  const socket = connect(Number(new URL(platform.url).port), '127.0.0.1')
  socket.write('nonsense\r\n\r\n')
  expect(await text(socket)).toContain('content-type: text/plain; charset=utf-8')
})
