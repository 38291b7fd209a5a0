import { launchBrowser, type TestBrowser } from '@arv/testkit/browser'
import { readPrintFixture } from '@arv/testkit/print-fixtures'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openPartsPage, type PartsPage, type ServedFile } from './parts-page.ts'

const PATIENTLY = { timeout: 60_000, interval: 100 }
const LONGEST_SEARCH_MS = 180_000

let files: Record<string, ServedFile>
let other: ServedFile
let page: PartsPage
let browser: TestBrowser

beforeAll(async () => {
  const [landscape, portrait] = await Promise.all([
    readPrintFixture('landscape'),
    readPrintFixture('portrait'),
  ])
  const marker = (body: Buffer) => ({ type: 'application/octet-stream', body })
  other = marker(portrait.marker)
  files = {
    '/landscape.jpg': { type: 'image/jpeg', body: landscape.photo },
    '/landscape.mind': marker(landscape.marker),
    '/landscape.mind.2': marker(landscape.marker),
    '/portrait.mind': other,
    '/text.mind': marker(Buffer.from('not found')),
    '/broken.mind': { ...marker(landscape.marker), broken: true },
  }
  page = await openPartsPage(files)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await page.close()
})

describe('while the camera is asked for', () => {
  test('who goes away gets no camera when it is allowed after all', async () => {
    const run = await open()
    await run(`search.begin('/landscape.mind'), search.now.close(), search.allow()`)
    await expect.poll(() => run(STATE)).toBe('ended')
    expect(await run(`search.told`)).toEqual([])
  })

  test('who goes away and comes back is not asked again, and gets it', async () => {
    const run = await open()
    await run(`search.begin('/landscape.mind'), search.now.close(), search.begin('/landscape.mind')`)
    expect(await run(`search.asked`)).toBe(1)
    await run(`search.allow()`)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(true)
  })

  test('a marker that is replaced meanwhile, and is gone, is not missed', async () => {
    const run = await open()
    await run(`search.begin('/broken.mind')`)
    await run(`search.now.setMarker('/landscape.mind'), search.allow()`)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(true)
  })
})

describe('the camera', () => {
  test('whose picture never comes is turned off all the same', async () => {
    const run = await open()
    await run(`search.camera(ar.stream = document.createElement('canvas').captureStream(0))`)
    await run(`search.begin('/landscape.mind'), search.allow()`)
    await run(`new Promise((resolve) => setTimeout(resolve, 500))`)
    await run(`search.now.close()`)
    expect(await run(STATE)).toBe('ended')
  })

  test('that stands still is given up after some seconds, but not for the time in a pocket', async () => {
    const run = await found()
    // The time is up before the page hears that it is back, and the camera that it is on again.
    await run(`setHidden(true), setMuted(true)`)
    await run(`new Promise((resolve) => setTimeout(resolve, 3500))`)
    await run(`setHidden(false)`)
    await run(`new Promise((resolve) => setTimeout(resolve, 1000))`)
    await run(`setMuted(false)`)
    await run(`new Promise((resolve) => setTimeout(resolve, 3500))`)
    expect(await run(`[search.told, ${STATE}]`)).toEqual([[], 'live'])
    await run(`setMuted(true)`)
    await expect.poll(() => run(`search.told`), PATIENTLY).toEqual(['camera-lost'])
    expect(await run(STATE)).toBe('ended')
  })

  test('that was paused in the background plays again', async () => {
    const run = await found()
    await run(`setHidden(true), document.querySelector('#camera').pause(), setHidden(false)`)
    await expect.poll(() => run(`document.querySelector('#camera').paused`)).toBe(false)
  })

  test('that saw nothing for three minutes is turned off', async () => {
    const run = await open({ hurried: true })
    await run(`search.begin('/portrait.mind'), search.allow()`)
    await expect.poll(() => run(`search.told`), PATIENTLY).toEqual(['in vain'])
    expect(await run(STATE)).toBe('ended')
  })
})

describe('the GPU', () => {
  test('that is taken away once is asked for again; the second time, trying again is offered', async () => {
    const run = await found()
    const lose = `document.querySelector('#canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()`
    await run(lose)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(false)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(true)
    expect(await run(`search.told`)).toEqual([])
    await run(lose)
    await expect.poll(() => run(`search.told`), PATIENTLY).toEqual(['tracker-failed'])
    expect(await run(STATE)).toBe('ended')
  })

  test('that was lost while the camera was off is there again with the next search', async () => {
    const run = await found()
    await run(`search.now.close(), search.seen = false`)
    await run(
      `document.querySelector('#canvas').getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext()`,
    )
    await run(`ar.film('/landscape.jpg').then(() => search.camera(ar.stream))`)
    await run(`search.begin('/landscape.mind'), search.allow()`)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(true)
    expect(await run(`search.told`)).toEqual([])
  })
})

describe('another marker', () => {
  test('that is gone, or is none, turns nothing off; the next one is looked for', async () => {
    const run = await found()
    await run(`search.now.setMarker('/text.mind')`)
    await run(`search.now.setMarker('/broken.mind')`)
    await run(`new Promise((resolve) => setTimeout(resolve, 9000))`)
    expect(await run(`[search.told, search.seen]`)).toEqual([[], true])
    await run(`search.now.setMarker('/portrait.mind')`)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(false)
    await run(`search.now.setMarker('/landscape.mind.2')`)
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(true)
    expect(await run(`search.told`)).toEqual([])
  })

  test('that could not be had for a while is used as soon as it can', async () => {
    const run = await found()
    files['/late.mind'] = { ...other, broken: true }
    await run(`search.now.setMarker('/late.mind')`)
    await run(`new Promise((resolve) => setTimeout(resolve, 8000))`)
    expect(await run(`search.seen`)).toBe(true)
    files['/late.mind'] = other
    await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(false)
    expect(await run(`search.told`)).toEqual([])
  })
})

test('a tracker whose worker can not be loaded any more says so at once', async () => {
  const run = await open({ withoutWorker: true })
  await run(`search.begin('/landscape.mind'), search.allow(), search.began = performance.now()`)
  await expect.poll(() => run(`search.told`), PATIENTLY).toEqual(['tracker-failed'])
  expect(Number(await run(`performance.now() - search.began`))).toBeLessThan(12_000)
})

type Run = (code: string) => Promise<unknown>

const STATE = `ar.stream.getTracks()[0].readyState`

/** What only the browser could set. */
const SETTABLE = `(() => {
  let isHidden = false
  Object.defineProperty(document, 'hidden', { get: () => isHidden })
  window.setHidden = (next) => {
    isHidden = next
    document.dispatchEvent(new Event('visibilitychange'))
  }
  let isMuted = false
  Object.defineProperty(MediaStreamTrack.prototype, 'muted', { get: () => isMuted })
  window.setMuted = (next) => {
    isMuted = next
    ar.stream.getTracks()[0].dispatchEvent(new Event(next ? 'mute' : 'unmute'))
  }
})()`

const HURRIED = `(() => {
  const { setTimeout } = window
  window.setTimeout = (run, ms) => setTimeout(run, ms === ${LONGEST_SEARCH_MS} ? 3000 : ms)
})()`

/** The page before a camera that sees the landscape, and that nobody has asked for yet. */
async function open({ hurried = false, withoutWorker = false } = {}): Promise<Run> {
  const visitor = await browser.visit()
  onTestFinished(() => visitor.close())
  await visitor.context.addInitScript(SETTABLE)
  if (hurried) await visitor.context.addInitScript(HURRIED)
  if (withoutWorker) await visitor.context.route(/worker/, (route) => route.fulfill({ status: 404 }))
  await visitor.page.goto(page.address)
  await visitor.page.waitForFunction('window.ready')
  const run: Run = (code) => visitor.page.evaluate(code)
  await run(`ar.film('/landscape.jpg').then(() => search.camera(ar.stream))`)
  return run
}

/** As above, and the print is found. */
async function found(): Promise<Run> {
  const run = await open()
  await run(`search.begin('/landscape.mind'), search.allow()`)
  await expect.poll(() => run(`search.seen`), PATIENTLY).toBe(true)
  return run
}
