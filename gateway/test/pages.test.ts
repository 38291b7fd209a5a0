import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import {
  createInternalTokenSigner,
  createInternalTokenVerifier,
  generateSigningKey,
  publicJwksOf,
} from '@arv/identity'
import qrcode from 'qrcode'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PUBLIC_URL, startPlatform } from './platform.ts'
import type { Platform } from './platform.ts'

const UUID = '0b9a63b6-5f6e-4c0b-9d0e-6d2f4ab1c8a7'

let platform: Platform

beforeAll(async () => {
  platform = await startPlatform({
    deps: {
      readyChecks: {
        tenancy: async () => undefined,
        async media() {
          throw new Error('connect ECONNREFUSED 10.0.0.9:4003')
        },
      },
      mountRoutes(app) {
        app.get('/media/:uuid/:name', (request) => `file ${request.url}`)
      },
    },
  })
})
afterAll(() => platform[Symbol.asyncDispose]())

const get = (path: string, init?: RequestInit) => fetch(`${platform.url}${path}`, init)

describe('pages', () => {
  test.for([
    ['/', 'ARV'],
    ['/sandbox', 'needs the internet'],
    ['/graphiql', 'RURU_CONFIG'],
    ['/reset-password', 'Set a new password'],
  ] as const)('%s is a page with a policy of its own', async ([path, text]) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).toContain(text)
  })

  test('the landing page’s links all lead somewhere', async () => {
    const html = await (await get('/')).text()
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link)
    expect(links).toEqual(['/assets/page.css', '/graphiql', '/sandbox', '/graphql', '/healthz', '/readyz'])
    const statuses = await Promise.all(
      links.map(async (link) => (await get(link, { headers: { accept: 'text/html' } })).status),
    )
    expect(statuses).toEqual([200, 200, 200, 200, 200, 503])
  })

  test('GraphiQL names no other host, and everything that it names is here', async () => {
    const html = await (await get('/graphiql')).text()
    expect(html).not.toMatch(/https?:\/\//)
    const files = [...html.matchAll(/"(\/graphiql\/files\/[\w.]+)"/g)].map(([, file = '']) => file)
    expect(files).toContain('/graphiql/files/ruru.js')
    for (const file of files) {
      const response = await get(file)
      expect([file, response.status]).toEqual([file, 200])
    }
  })

  test('GraphiQL’s inline scripts are each allowed by their hash, and no others', async () => {
    const response = await get('/graphiql')
    const policy = response.headers.get('content-security-policy') ?? ''
    const scripts = (await response.text()).match(/<script[ >]/g)
    const directive = /script-src ([^;]+)/.exec(policy)?.[1] ?? ''
    expect(directive).not.toContain('unsafe-inline')
    expect(directive.match(/'sha256-/g)).toHaveLength(scripts?.length ?? 0)
  })

  test('the scripts that pages load are here', async () => {
    for (const name of ['password-reset.js', 'graphql-client.js', 'operations.js', 'sandbox.js']) {
      const response = await get(`/assets/${name}`)
      expect([name, response.status]).toEqual([name, 200])
      expect(response.headers.get('cache-control')).toBe('public, max-age=300')
      expect(response.headers.get('content-type')).toMatch(/^(text|application)\/javascript/)
    }
  })

  test.for(['/v/%ff%zz', '/%', `/v/${'a'.repeat(300)}`])(
    '%s, which can’t be an address, is refused in plain text',
    async (path) => {
      const response = await get(path)
      expect(response.status).toBeOneOf([400, 414])
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(await response.text()).toMatch(/^The address is malformed\. Request id: \S{36}\n$/)
    },
  )

  test('what is no HTTP is refused in plain text', async () => {
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1')
    socket.write('nonsense\r\n\r\n')
    const answer = await textOf(socket)
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\ncontent-type: text\/plain/)
    expect(answer).toMatch(/\r\n\r\nThe request is malformed\. Request id: \S{36}\n$/)
  })

  test('headers beyond all measure are refused in plain text', async () => {
    const response = await get('/', { headers: { 'x-long': 'a'.repeat(20_000) } })
    expect(response.status).toBe(431)
    expect(await response.text()).toMatch(/^The request is malformed\. Request id: \S{36}\n$/)
  })

  test.for([
    ['OPTIONS', '/graphql', 'GET, HEAD, POST'],
    ['PUT', '/graphql', 'GET, HEAD, POST'],
    ['DELETE', '/graphql/?a=b', 'GET, HEAD, POST'],
    ['POST', `/media/${UUID}/a.jpg`, 'GET, HEAD'],
    ['DELETE', `/media/${UUID}/a.jpg`, 'GET, HEAD'],
    ['POST', '/assets/page.css', 'GET, HEAD'],
    ['PATCH', `/v/${UUID}`, 'GET, HEAD'],
  ] as const)('%s %s is told which methods there are', async ([method, path, allow]) => {
    const body = method === 'POST' ? { body: Buffer.from('a') } : {}
    const response = await get(path, { method, ...body })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
    expect(await response.text()).toContain(`This address takes only ${allow}. Request id: `)
  })

  test('what is nowhere is said to be nowhere, by whatever method', async () => {
    expect((await get('/nothing', { method: 'DELETE' })).status).toBe(404)
    expect((await get('/qr/nothing.svg')).status).toBe(404)
  })

  test('what is nowhere is said to be nowhere', async () => {
    const response = await get('/assets/../src/main.ts')
    expect([response.status, await response.text()]).toEqual([
      404,
      `There is nothing at this address. Request id: ${response.headers.get('x-request-id')}\n`,
    ])
  })
})

describe('a QR code', () => {
  const address = `${PUBLIC_URL}/v/${UUID}`

  test('as SVG holds the viewer’s public address', async () => {
    const response = await get(`/qr/${UUID}.svg`)
    expect(response.headers.get('content-type')).toBe('image/svg+xml')
    expect(response.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(modulesOfSvg(await response.text())).toEqual(modulesOf(address))
  })

  test('as PNG is large enough to print', async () => {
    const response = await get(`/qr/${UUID.toUpperCase()}.png`)
    expect(response.headers.get('content-type')).toBe('image/png')
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1024, 1024])
  })

  test.for(['nonsense.svg', `${UUID}.gif`, UUID, `${UUID}.svg.png`])(
    'named %s is not there',
    async (file) => {
      expect((await get(`/qr/${file}`)).status).toBe(404)
    },
  )
})

describe('health', () => {
  test('alive is alive', async () => {
    const response = await get('/healthz')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  test('not ready names the part and keeps the reason for the log', async () => {
    const response = await get('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      status: 'not ready',
      parts: { tenancy: 'ready', media: 'not ready' },
    })
  })
})

describe('files', () => {
  test('of one process are served by media’s own routes', async () => {
    expect(await (await get(`/media/${UUID}/photo.jpg?x=1`)).text()).toBe(`file /media/${UUID}/photo.jpg?x=1`)
  })

  test('with the longest of names are served, too', async () => {
    const response = await get(`/media/${UUID}/${encodeURIComponent('ж'.repeat(255))}`)
    expect(response.status).toBe(200)
  })

  describe('of many processes', () => {
    let media: Server
    let proxied: Platform
    const seen: Record<string, unknown>[] = []
    const privateJwk = generateSigningKey()

    beforeAll(async () => {
      media = createServer((request, response) => {
        seen.push({ method: request.method, url: request.url, ...request.headers })
        if (request.url === '/media/broken') {
          response.writeHead(500).end('Error: ENOENT /srv/files')
          return
        }
        if (request.url === '/media/cut') {
          response.writeHead(200, { 'content-length': '1000' })
          response.write('half', () => response.destroy())
          return
        }
        response.writeHead(206, {
          'content-range': 'bytes 2-4/10',
          'content-length': '3',
          'accept-ranges': 'bytes',
          etag: '"abc"',
          server: 'media/1',
          'set-cookie': 'a=b',
          'keep-alive': 'timeout=5',
        })
        response.end(request.method === 'HEAD' ? undefined : 'cde')
      })
      await new Promise<void>((resolve) => media.listen(0, '127.0.0.1', resolve))
      const address = media.address()
      if (address === null || typeof address === 'string') throw new Error('no port')
      proxied = await startPlatform({
        deps: {
          mediaProxy: {
            url: `http://127.0.0.1:${address.port}`,
            tokens: createInternalTokenSigner({ privateJwk }),
          },
        },
      })
    })
    afterAll(async () => {
      await proxied[Symbol.asyncDispose]()
      media.close()
    })

    test('come through with ranges and validators, and with nothing of the connection behind', async () => {
      const response = await fetch(`${proxied.url}/media/${UUID}/a%20b.mp4?s=1`, {
        headers: { range: 'bytes=2-4', 'if-range': '"abc"', cookie: 'secret', 'x-request-id': 'request-7' },
      })
      expect(response.status).toBe(206)
      expect(await response.text()).toBe('cde')
      const shown = Object.fromEntries(response.headers)
      expect(shown).toMatchObject({
        'content-range': 'bytes 2-4/10',
        'content-length': '3',
        'accept-ranges': 'bytes',
        etag: '"abc"',
        'x-request-id': 'request-7',
      })
      expect(Object.keys(shown)).not.toContain('server')
      expect(Object.keys(shown)).not.toContain('set-cookie')
      const asked = seen.at(-1) ?? {}
      expect(asked).toMatchObject({
        url: `/media/${UUID}/a%20b.mp4?s=1`,
        range: 'bytes=2-4',
        'if-range': '"abc"',
        'x-request-id': 'request-7',
      })
      expect(asked).not.toHaveProperty('cookie')
      const token = String(asked['authorization']).replace('Bearer ', '')
      const verifier = createInternalTokenVerifier({
        publicJwks: publicJwksOf(privateJwk),
        audience: 'subgraph:media',
      })
      expect(await verifier.verify(token)).toEqual({ kind: 'valid', principal: { kind: 'anonymous' } })
    })

    test.each([
      ['another host', 'http://127.0.0.1:1/media/x', '/media/x'],
      ['another host by its name alone', 'http://localhost:1/media/x?s=1', '/media/x?s=1'],
    ])('come from media, also when the address names %s', async (_what, address, asked) => {
      expect(await statusLine(proxied, address)).toBe('HTTP/1.1 206 Partial Content')
      expect(seen.at(-1)).toMatchObject({ url: asked })
    })

    test.each(['/media/../internal/principal', '/media/%2e%2e/healthz', '/media/..\\healthz'])(
      'are nowhere but under /media/: %s',
      async (address) => {
        const before = seen.length
        expect(await statusLine(proxied, address)).toBe('HTTP/1.1 404 Not Found')
        expect(seen).toHaveLength(before)
      },
    )

    test('are asked about by HEAD without their bytes', async () => {
      const response = await fetch(`${proxied.url}/media/x`, { method: 'HEAD' })
      expect([response.status, response.headers.get('content-length')]).toEqual([206, '3'])
      expect(seen.at(-1)).toMatchObject({ method: 'HEAD' })
    })

    test('that fail inside are not available, and nothing is told of why', async () => {
      const response = await fetch(`${proxied.url}/media/broken`)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await response.text()).toBe(
        'This file is not available at the moment. Please try again in a few seconds.\n',
      )
    })

    test('that break off are not taken for whole', async () => {
      const response = await fetch(`${proxied.url}/media/cut`)
      await expect(response.text()).rejects.toThrow()
    })

    test('are not available while media is gone', async () => {
      await using alone = await startPlatform({
        deps: {
          mediaProxy: { url: 'http://127.0.0.1:1', tokens: createInternalTokenSigner({ privateJwk }) },
        },
      })
      expect((await fetch(`${alone.url}/media/x`)).status).toBe(503)
    })
  })
})

/** Sends an address as it is, which `fetch` would tidy up first. */
async function statusLine({ url }: Platform, address: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET ${address} HTTP/1.1\r\nhost: arv\r\nconnection: close\r\n\r\n`)
  return (await textOf(socket)).split('\r\n')[0]
}

/** The code's dark modules, row by row, as the library itself computes them for a text. */
function modulesOf(text: string): string[] {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'Q' })
  return Array.from({ length: modules.size }, (_, row) =>
    Array.from({ length: modules.size }, (__, column) => (modules.get(row, column) ? '#' : ' ')).join(''),
  )
}

/** The same read back from the picture: one stroke per run of dark modules, inside a margin of four. */
function modulesOfSvg(svg: string): string[] {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]) - 8
  const path = /<path stroke="#000000" d="([^"]+)"/.exec(svg)?.[1] ?? ''
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => ' '))
  let [x, y] = [0, 0]
  for (const [, command, first, second] of path.matchAll(/([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?/g)) {
    if (command === 'M') [x, y] = [Number(first), Number(second)]
    else if (command === 'm') [x, y] = [x + Number(first), y + Number(second)]
    else {
      for (let step = 0; step < Number(first); step++) rows[Math.floor(y) - 4]?.splice(x - 4 + step, 1, '#')
      x += Number(first)
    }
  }
  return rows.map((row) => row.join(''))
}
