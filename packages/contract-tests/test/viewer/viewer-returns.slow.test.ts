import { cornersSeen, launchBrowser, makeFilm, type TestBrowser, UPRIGHT } from '@arv/testkit/browser'
import { readPrintFixture } from '@arv/testkit/print-fixtures'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { isCameraOn, reaches, videoMoves } from './viewer-page.ts'
import { createViewerWorld, type PublishedPrint, type ViewerWorld } from './viewer-world.ts'

const POSE = { aspect: 4 / 3, width: 240, middle: { x: 240, y: 320 } }

/** What only the browser could set, and how often it was asked for the camera. */
const SETTABLE = `(() => {
  let isHidden = false
  Object.defineProperty(document, 'hidden', { get: () => isHidden })
  window.setHidden = (next) => {
    isHidden = next
    document.dispatchEvent(new Event('visibilitychange'))
  }
  window.asked = 0
  const { mediaDevices } = navigator
  const ask = mediaDevices.getUserMedia.bind(mediaDevices)
  mediaDevices.getUserMedia = (constraints) => {
    window.asked += 1
    return ask(constraints)
  }
})()`

let world: ViewerWorld
let browser: TestBrowser
let content: PublishedPrint

beforeAll(async () => {
  const { photo } = await readPrintFixture('landscape')
  world = await createViewerWorld()
  content = await world.publish({ print: 'landscape', cards: ['warm'] })
  browser = await launchBrowser()
  await browser.insertFilm(
    await makeFilm([{ seconds: 2, print: { photo, corners: cornersSeen(POSE, UPRIGHT) } }]),
  )
})

afterAll(async () => {
  await browser.close()
  await world.close()
})

async function watch() {
  const visitor = await browser.visit()
  onTestFinished(() => visitor.close())
  const { page, context } = visitor
  await context.addInitScript(SETTABLE)
  await page.goto(content.address)
  await page.locator('#start-button').tap()
  await reaches(page, 'playing')
  return page
}

test('out of a pocket, where a phone runs no timers, the camera is opened anew', async () => {
  const page = await watch()
  await page.evaluate(`(() => {
    const { now } = Date
    setHidden(true)
    Date.now = () => now() + 60_000
    setHidden(false)
  })()`)
  await expect.poll(() => page.evaluate('asked')).toBe(2)
  await reaches(page, 'playing')
  await videoMoves(page)
  expect(await isCameraOn(page)).toBe(true)
})

test('a GPU that was lost while the phone slept is no loss', async () => {
  const page = await watch()
  await page.evaluate('setHidden(true)')
  await expect.poll(() => isCameraOn(page), { timeout: 10_000 }).toBe(false)
  await page.evaluate(
    `document.getElementById('ar').getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext()`,
  )
  await page.evaluate('setHidden(false)')
  await reaches(page, 'playing')
  await videoMoves(page)
})

test('who refused the camera and tries again gets a new page', async () => {
  const refusing = await launchBrowser({ camera: 'refused' })
  onTestFinished(() => refusing.close())
  const { page } = await refusing.visit()
  await page.goto(content.address)
  await page.locator('#start-button').tap()
  await reaches(page, 'message', 'camera-denied')
  await page.evaluate('window.isOld = true')
  await page.locator('#retry').tap()
  await reaches(page, 'start')
  expect(await page.evaluate('window.isOld')).toBeUndefined()
})
