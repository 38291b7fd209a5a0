import { readPrintFixture } from '@arv/testkit/print-fixtures'
import { launchBrowser, type TestBrowser, type Visitor } from '@arv/testkit/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPartsPage, type PartsPage } from './parts-page.ts'

let page: PartsPage
let browser: TestBrowser

beforeAll(async () => {
  const [landscape, portrait] = await Promise.all([
    readPrintFixture('landscape'),
    readPrintFixture('portrait'),
  ])
  const marker = (body: Buffer) => ({ type: 'application/octet-stream', body })
  page = await openPartsPage({
    '/landscape.jpg': { type: 'image/jpeg', body: landscape.photo },
    '/landscape.mind': marker(landscape.marker),
    '/portrait.mind': marker(portrait.marker),
    '/text.mind': marker(Buffer.from('not found')),
    '/cut.mind': marker(landscape.marker.subarray(0, 20_000)),
  })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await page.close()
})

/** Of the print in the film: 300 × 225 px in the middle. */
const UPRIGHT_CORNERS = [90, 208, 390, 208, 390, 433, 90, 433]
const WIDE_CORNERS = [170, 128, 470, 128, 470, 353, 170, 353]

describe('the AR view', () => {
  test('finds the print, and finds it again when the phone was turned', async () => {
    const { visitor, run, corners } = await open()
    expect(await run(`ar.open('/landscape.mind')`)).toBe('open')
    await expect.poll(corners, PATIENTLY).toEqual(WIDE_CORNERS.map(near))
    await run(`ar.turn()`)
    await expect.poll(corners, PATIENTLY).toEqual(UPRIGHT_CORNERS.map(near))
    expect(visitor.noticed).toEqual({ foreignRequests: [], policyViolations: [], errors: [] })
    await visitor.close()
  })

  test('with another marker looks for that one; with a bad one goes on with the one before', async () => {
    const { visitor, run, corners } = await open()
    await run(`ar.open('/landscape.mind')`)
    await expect.poll(corners, PATIENTLY).toEqual(WIDE_CORNERS.map(near))
    expect(await run(`ar.setMarker('/text.mind')`)).toBe('BAD_MARKER')
    expect(await framesLater(run, corners)).toEqual(WIDE_CORNERS.map(near))
    expect(await run(`ar.setMarker('/portrait.mind')`)).toBe('set')
    expect(await framesLater(run, corners)).toBeNull()
    expect(await run(`ar.setMarker('/landscape.mind')`)).toBe('set')
    await expect.poll(corners, PATIENTLY).toEqual(WIDE_CORNERS.map(near))
    await visitor.close()
  })

  test('leaves nothing on the GPU, however often it is set up', async () => {
    const { visitor, run, corners } = await open()
    await run(`ar.open('/landscape.mind')`)
    await expect.poll(corners, PATIENTLY).not.toBeNull()
    const tensors = () => run(`ar.memory().numTensors`)
    await run(`ar.setMarker('/portrait.mind')`)
    const before = Number(await tensors())
    for (let time = 0; time < 3; time += 1) await run(`ar.setMarker('/portrait.mind')`)
    // One more is on while a frame is looked at.
    expect(Number(await tensors())).toBeLessThanOrEqual(before + 1)
    await visitor.close()
  })

  test('refuses what is no marker, and can be opened with one that is', async () => {
    const { visitor, run } = await open()
    expect(await run(`ar.open('/text.mind')`)).toBe('BAD_MARKER')
    expect(await run(`ar.open('/cut.mind')`)).toBe('BAD_MARKER')
    expect(await run(`ar.open('/landscape.mind')`)).toBe('open')
    await visitor.close()
  })

  test('says so when the GPU is taken away, and works again on another canvas', async () => {
    const { visitor, run, corners } = await open()
    await run(`ar.open('/landscape.mind')`)
    await run(`canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()`)
    await expect.poll(() => run(`ar.failures`), PATIENTLY).toEqual(['The GPU was taken away'])
    expect(await run(`ar.open('/landscape.mind')`)).toBe('open')
    await expect.poll(corners, PATIENTLY).toEqual(WIDE_CORNERS.map(near))
    await visitor.close()
  })

  test('says so when the GPU that the tracker computes on is taken away, and works again', async () => {
    const { visitor, run, corners } = await open()
    await run(`ar.open('/landscape.mind')`)
    await run(`ar.backend().gpgpu.gl.getExtension('WEBGL_lose_context').loseContext()`)
    await expect.poll(() => run(`ar.failures`), PATIENTLY).toEqual(['The GPU was taken away'])
    expect(await run(`ar.open('/landscape.mind')`)).toBe('open')
    await expect.poll(corners, PATIENTLY).toEqual(WIDE_CORNERS.map(near))
    await visitor.close()
  })

  test('one that is not wanted any more while it opens takes nothing from the one that is', async () => {
    const { visitor, run, corners } = await open()
    const opened = await run(`(async () => {
      const closing = new AbortController()
      const first = ar.open('/landscape.mind', closing)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const second = ar.open('/landscape.mind')
      closing.abort()
      return Promise.all([first, second])
    })()`)
    expect(opened).toEqual(['AbortError', 'open'])
    await expect.poll(corners, PATIENTLY).toEqual(WIDE_CORNERS.map(near))
    expect(visitor.noticed.errors).toEqual([])
    await visitor.close()
  })

  test('tells beside what is shown what was found in each frame, not steadied', async () => {
    const { visitor, run, corners } = await open()
    await run(`ar.open('/landscape.mind')`)
    await expect.poll(corners, PATIENTLY).not.toBeNull()
    await framesLater(run, corners)
    const differs = `ar.looks.some(({ corners }, index) => corners && ar.frames[index].corners[0].x !== corners[0].x)`
    expect(await run(differs)).toBe(true)
    expect(await run(`ar.looks.at(-1).corners.flatMap(({ x, y }) => [x, y])`)).toEqual(WIDE_CORNERS.map(near))
    await visitor.close()
  })

  test('without WebGL says that there is none', async () => {
    const without = await launchBrowser({ webgl: false })
    const { run } = await open(without)
    expect(await run(`ar.open('/landscape.mind')`)).toBe('NO_WEBGL')
    await without.close()
  })
})

const PATIENTLY = { timeout: 60_000, interval: 250 }

/** Two pixels: the film trembles by one. */
function near(value: number): unknown {
  return expect.toSatisfy((seen: number) => Math.abs(seen - value) <= 2, `within 2 px of ${value}`)
}

type Run = (code: string) => Promise<unknown>

async function framesLater(run: Run, corners: () => Promise<unknown>): Promise<unknown> {
  const count = Number(await run(`ar.frames.length`))
  await expect.poll(async () => Number(await run(`ar.frames.length`)), PATIENTLY).toBeGreaterThan(count + 5)
  return await corners()
}

async function open(
  within = browser,
): Promise<{ visitor: Visitor; run: Run; corners: () => Promise<unknown> }> {
  const visitor = await within.visit()
  await visitor.page.goto(page.address)
  await visitor.page.waitForFunction('window.ready')
  const run: Run = (code) => visitor.page.evaluate(code)
  await run(`ar.film('/landscape.jpg')`)
  const corners = () => run(`ar.frames.at(-1)?.corners.flatMap(({ x, y }) => [x, y]) ?? null`)
  return { visitor, run, corners }
}
