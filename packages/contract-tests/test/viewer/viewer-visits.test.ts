import { cornersSeen, launchBrowser, makeFilm, type TestBrowser, UPRIGHT } from '@arv/testkit/browser'
import { readPrintFixture } from '@arv/testkit/print-fixtures'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import {
  activeVideo,
  faultsOfCard,
  isCameraOn,
  keepScreenshot,
  printSeen,
  reaches,
  videoMoves,
} from './viewer-page.ts'
import { createViewerWorld, type PublishedPrint, type ViewerWorld } from './viewer-world.ts'

const ASPECT = 4 / 3
const LYING = { aspect: ASPECT, width: 240, middle: { x: 240, y: 320 } }
const LYING_PRINT = { corners: cornersSeen(LYING, UPRIGHT), aspect: ASPECT }
const STANDING = { aspect: 3 / 4, width: 190, middle: { x: 240, y: 310 }, turn: { z: -6 } }
const STANDING_PRINT = { corners: cornersSeen(STANDING, UPRIGHT), aspect: STANDING.aspect }
const SCREEN = { width: 1000, height: 640 }
const LONG = { seconds: 10, audio: true }
const CAPTIONS = 'WEBVTT\n\n00:00.000 --> 00:09.900\nMay I have this dance?\n'

// Everything is drawn and looked at in software here.
vi.setConfig({ testTimeout: 90_000 })

let world: ViewerWorld
let browser: TestBrowser
let content: PublishedPrint

beforeAll(async () => {
  world = await createViewerWorld()
  content = await world.publish({ print: 'landscape', cards: ['warm', 'cold'], clip: LONG })
  browser = await launchBrowser()
}, 120_000)

afterAll(async () => {
  await browser.close()
  await world.close()
})

test('who has no printer shows the print on a screen, beside its QR code, to the phones of the tests below', async () => {
  const visitor = await browser.visit({ viewport: SCREEN })
  onTestFinished(() => visitor.close())
  const { page } = visitor
  await page.goto(`${world.platform.publicUrl}/demo/print/${content.uniqueId}`)
  for (const image of ['#picture', '#code']) {
    await page.locator(image).waitFor()
    expect(await page.evaluate(`document.querySelector('${image}').decode().then(() => 'drawn')`)).toBe(
      'drawn',
    )
  }
  await keepScreenshot(page, 'print')
  const photo = await page.locator('#picture').screenshot()
  await browser.insertFilm(await makeFilm([{ seconds: 2, print: { photo, corners: LYING_PRINT.corners } }]))
  expect(visitor.noticed).toEqual({ foreignRequests: [], policyViolations: [], errors: [] })
})

test('where nothing plays by itself, a tap plays it; another turns the sound on, also of the next video', async () => {
  const visitor = await browser.visit({ allowedCamera: true, refusesAutoplay: true })
  onTestFinished(() => visitor.close())
  const { page } = visitor
  // Who allowed the camera before is not asked to start it.
  await page.goto(content.address)
  await reaches(page, 'playing')
  await page.locator('#play').waitFor()
  expect((await activeVideo(page))?.isPaused ?? true).toBe(true)
  await page.locator('#play').tap()
  await page.locator('#play').waitFor({ state: 'hidden' })
  await videoMoves(page)

  expect(await activeVideo(page)).toMatchObject({ isMuted: true })
  await page.locator('#sound').tap()
  expect(await activeVideo(page)).toMatchObject({ isMuted: false })
  expect(await page.locator('#sound').getAttribute('aria-pressed')).toBe('true')
  await world.change('ActivateVideo', { id: content.videoIds[1] })
  expect(await faultsOfCard(page, 'cold', await printSeen(page, LYING_PRINT, UPRIGHT))).toEqual([])
  expect(await activeVideo(page)).toMatchObject({ isMuted: false, isPaused: false })
})

test('by keyboard alone, in Russian, with captions and without motion', async () => {
  const fileId = await world.upload('CAPTIONS', 'en.vtt', Buffer.from(CAPTIONS))
  const captions = [{ fileId, language: 'en', label: 'English' }]
  for (const id of content.videoIds) await world.change('UpdateVideo', { id, captions })
  const visitor = await browser.visit({ locale: 'ru-RU', prefersReducedMotion: true })
  onTestFinished(() => visitor.close())
  const { page } = visitor
  const focused = () => page.evaluate('document.activeElement.id')
  await page.goto(content.address)
  await reaches(page, 'start')
  expect(await page.evaluate('document.documentElement.lang')).toBe('ru')
  expect(await page.locator('#start-button').textContent()).toBe('Начать')
  await page.locator('#print[src]').waitFor()
  await keepScreenshot(page, 'start-ru')
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('start-button')
  await page.keyboard.press('Enter')
  await reaches(page, 'playing')
  expect(await page.evaluate('document.getAnimations().length')).toBe(0)
  // Who wants no motion is asked first.
  expect((await activeVideo(page))?.isPaused ?? true).toBe(true)
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('play')
  await page.keyboard.press('Enter')
  expect(await focused()).toBe('pause')
  await page.locator('#captions', { hasText: 'May I have this dance?' }).waitFor()
  await keepScreenshot(page, 'captions-ru')

  await page.keyboard.press('Tab')
  expect(await focused()).toBe('sound')
  await page.keyboard.press('Space')
  expect(await activeVideo(page)).toMatchObject({ isMuted: false })
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('plainly')
  await page.keyboard.press('Enter')
  await reaches(page, 'plain')
  await videoMoves(page)
  expect(await isCameraOn(page)).toBe(false)
  expect(await page.evaluate(`document.querySelector('#player video[data-on]').textTracks[0].language`)).toBe(
    'en',
  )
})

test('a print that leaves the picture takes the video along, which goes on where it was when it is back', async () => {
  const { photo } = await readPrintFixture('portrait')
  const print = { photo, corners: STANDING_PRINT.corners }
  await browser.insertFilm(await makeFilm([{ seconds: 5, print }, { seconds: 3 }]))
  const standing = await world.publish({ print: 'portrait', cards: ['warm'], clip: LONG })
  const visitor = await browser.visit()
  onTestFinished(() => visitor.close())
  const { page } = visitor
  await page.goto(standing.address)
  await page.locator('#print[src]').waitFor()
  await keepScreenshot(page, 'start')
  await page.locator('#start-button').tap()
  await reaches(page, 'playing')
  expect(await faultsOfCard(page, 'warm', await printSeen(page, STANDING_PRINT, UPRIGHT))).toEqual([])
  await reaches(page, 'looking')
  const left = await activeVideo(page)
  expect(left).toMatchObject({ isPaused: true })
  await keepScreenshot(page, 'looking')
  await reaches(page, 'playing')
  await videoMoves(page)
  expect((await activeVideo(page))?.time).toBeGreaterThan(left?.time ?? Number.NaN)
})

test('nobody can tell what is withdrawn from what never was; where it was, it comes back by itself', async () => {
  const opened = await Promise.all(
    [content.uniqueId, '6f0d7a51-5f2b-4c43-9c0f-0a54a7d0c0de', 'x'].map(async (id) => {
      const visitor = await browser.visit()
      onTestFinished(() => visitor.close())
      await visitor.page.goto(`${world.platform.publicUrl}/v/${id}`)
      return visitor.page
    }),
  )
  const [once, ...never] = opened
  if (!once) throw new Error('no page was opened')
  await reaches(once, 'start')
  await world.change('UnpublishArContent', { id: content.id })
  for (const page of opened) await reaches(page, 'unavailable')
  const seen = await once.locator('body').innerText()
  for (const page of never) expect(await page.locator('body').innerText()).toBe(seen)
  await world.change('PublishArContent', { id: content.id, allowSimilar: true })
  await reaches(once, 'start')
})
