import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readPrintFixture } from '../print-fixtures.ts'
import { makeFilm, UPRIGHT, WALL } from './camera-film.ts'
import type { Quad } from './homography.ts'
import { INSECURE_HOST } from './insecure-host.ts'
import { launchBrowser, type TestBrowser } from './launch-browser.ts'
import { colourDistance, coloursAt, coloursOnPrint, printOnPage } from './seen-colours.ts'

const PAGE = `<!doctype html><title>Camera</title>
  <style>body { margin: 0 } video { width: 100vw; height: 100vh; object-fit: cover; display: block }</style>
  <video muted playsinline></video>
  <script>
    async function openCamera() {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      const video = document.querySelector('video')
      video.srcObject = stream
      await video.play()
      return [video.videoWidth, video.videoHeight]
    }
    const opened = () => openCamera().catch(({ name }) => name)
  </script>`
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src http://a.example"
const CORNERS: Quad = [
  { x: 130, y: 200 },
  { x: 350, y: 220 },
  { x: 340, y: 390 },
  { x: 120, y: 380 },
]

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY }).end(PAGE)
})
const address = (host: string) => `http://${host}:${(server.address() as AddressInfo).port}/`

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a browser with a camera', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  test('shows the film, with the print where it was put', async () => {
    const { photo } = await readPrintFixture('landscape')
    await browser.insertFilm(await makeFilm([{ seconds: 1, print: { photo, corners: CORNERS } }]))
    const visitor = await browser.visit()
    await visitor.page.goto(address('localhost'))
    expect(await visitor.page.evaluate('opened()')).toEqual([UPRIGHT.width, UPRIGHT.height])

    const screenshot = await visitor.page.screenshot()
    const print = printOnPage(CORNERS, UPRIGHT, { x: 0, y: 0, width: 390, height: 844 })
    const [beside] = await coloursOnPrint(screenshot, print, [{ x: 0.5, y: -0.1 }])
    expect(colourDistance(beside ?? [0, 0, 0], WALL)).toBeLessThan(10)
    const points = [0.15, 0.5, 0.85].flatMap((y) => [0.15, 0.5, 0.85].map((x) => ({ x, y })))
    const seen = await coloursOnPrint(screenshot, print, points)
    const drawn = await coloursAt(
      photo,
      points.map(({ x, y }) => ({ x: x * 512, y: y * 384 })),
    )
    const distances = seen.map((colour, index) => colourDistance(colour, drawn[index] ?? [0, 0, 0]))
    expect(distances.toSorted((one, other) => one - other)[4]).toBeLessThan(40)
    await visitor.close()
  })

  test('notices what a page asks of others, what its policy refuses, and what is not caught', async () => {
    const visitor = await browser.visit()
    const { page, noticed } = visitor
    await page.goto(address('localhost'))
    await page.evaluate(`new Promise((resolve) => {
      setTimeout(() => { throw new Error('Not caught') })
      const image = new Image()
      image.onerror = () => fetch('/').catch(resolve)
      image.src = 'http://a.example/1.png'
      document.body.append(image)
    })`)
    expect(noticed.foreignRequests).toEqual(['http://a.example/1.png'])
    await vi.waitFor(() => expect(noticed.policyViolations).toEqual([`connect-src ${address('localhost')}`]))
    expect(noticed.errors).toContainEqual(expect.stringContaining('Not caught'))
    await visitor.close()
  })

  test('has no camera for a page without HTTPS', async () => {
    const visitor = await browser.visit()
    const { page } = visitor
    await page.goto(address(INSECURE_HOST))
    expect(await page.evaluate('[isSecureContext, navigator.mediaDevices === undefined]')).toEqual([
      false,
      true,
    ])
    await visitor.close()
  })
})

test.for([
  ['refused', 'NotAllowedError'],
  ['missing', 'NotFoundError'],
] as const)('a camera may be %s', async ([camera, error]) => {
  const browser = await launchBrowser({ camera })
  onTestFinished(() => browser.close())
  const { page } = await browser.visit()
  await page.goto(address('localhost'))
  expect(await page.evaluate('opened()')).toBe(error)
})

test('a browser may be without WebGL', async () => {
  const browser = await launchBrowser({ webgl: false })
  onTestFinished(() => browser.close())
  const { page } = await browser.visit()
  expect(await page.evaluate(`document.createElement('canvas').getContext('webgl2')`)).toBe(null)
})
