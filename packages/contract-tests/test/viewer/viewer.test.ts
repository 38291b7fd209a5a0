import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import {
  cornersSeen,
  launchBrowser,
  makeFilm,
  type TestBrowser,
  UPRIGHT,
  type Visitor,
} from '@arv/testkit/browser'
import { photoLike } from '@arv/testkit/photos'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { CardName } from './test-cards.ts'
import {
  activeVideo,
  faultsOfCard,
  isCameraOn,
  keepScreenshot,
  printSeen,
  reaches,
  recordFrames,
  seenOverPrint,
  videoMoves,
} from './viewer-page.ts'
import { createViewerWorld, type PublishedPrint, type ViewerWorld } from './viewer-world.ts'

const ASPECT = 4 / 3
const POSE = { aspect: ASPECT, width: 240, middle: { x: 240, y: 320 }, turn: { x: 12, y: -8, z: 4 } }
const PRINT = { corners: cornersSeen(POSE, UPRIGHT), aspect: ASPECT }
const CARDS = ['warm', 'cold'] as const
const MOST_SCRIPT_BYTES = 150_000
const CHANGES_MS = 2_000
const AFTERWARDS_MS = 1_000
const SOON_MS = 2_000
const WAITS_MS = 20_000

// Everything is drawn and looked at in software here.
vi.setConfig({ testTimeout: 90_000 })

/**
 * All of ARV at work: what an editor uploads is compiled, found by the camera of a phone, and played over the print.
 * Each test goes on from where the one before it ended.
 */
let world: ViewerWorld
let browser: TestBrowser
let content: PublishedPrint
let visitor: Visitor

beforeAll(async () => {
  const photo = await photoLike(31)
  world = await createViewerWorld()
  browser = await launchBrowser()
  await browser.insertFilm(await makeFilm([{ seconds: 2, print: { photo, corners: PRINT.corners } }]))
  // The only marker of the viewer's tests that is compiled for them.
  content = await world.publish({ print: { photo }, cards: CARDS })
}, 120_000)

afterAll(async () => {
  await browser.close()
  await world.close()
})

test('the camera starts before the tracker is there, on little JavaScript, and says what to look for', async () => {
  visitor = await browser.visit()
  const { page } = visitor
  const scripts: Promise<number>[] = []
  const assets: Record<string, string>[] = []
  page.on('response', (response) => {
    if (response.url().includes('/viewer/assets/')) assets.push(response.headers())
    if (response.request().resourceType() !== 'script') return
    scripts.push(response.body().then((script) => gzipSync(script).length))
  })
  let letTrackerIn = () => {}
  const tracker = new Promise<void>((resolve) => (letTrackerIn = resolve))
  await page.route(/ar-view/, async (route) => {
    await tracker
    await route.continue()
  })

  await page.goto(content.address)
  await reaches(page, 'start')
  await page.locator('#start-button').tap()
  await reaches(page, 'looking')
  await vi.waitFor(async () => {
    expect(await page.evaluate(`document.getElementById('camera').videoWidth`)).toBe(UPRIGHT.width)
  }, WAITS_MS)
  expect(await page.locator('#print').getAttribute('alt')).toBe('The picture to look for: First dance')

  const sizes = await Promise.all(scripts)
  expect(sizes.length).toBeGreaterThan(0)
  expect(assets.length).toBeGreaterThan(sizes.length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_SCRIPT_BYTES)
  for (const headers of assets) {
    expect(headers['cache-control']).toMatch(/max-age=31536000.*immutable/)
    expect(headers['content-encoding']).toMatch(/^(gzip|br)$/)
  }
  letTrackerIn()
})

test('the print is found, and the video plays exactly over it', async () => {
  const { page } = visitor
  await reaches(page, 'playing')
  await videoMoves(page)
  expect(await faultsOfCard(page, 'warm', await printSeen(page, PRINT, UPRIGHT))).toEqual([])
  await keepScreenshot(page, 'playing')
})

test('another video is there within two seconds of its activation, with nothing else seen between', async () => {
  const print = await printSeen(visitor.page, PRINT, UPRIGHT)
  const delays: number[] = []
  // A machine that is busy with other tests may be late, but not every time.
  for (const [before, after] of [CARDS, CARDS.toReversed(), CARDS]) {
    const { shown, activatedAt } = await recordActivation(after)
    const seen = await Promise.all(shown.map(({ picture }) => seenOverPrint(picture, print)))
    const first = seen.indexOf(after ?? 'other')
    expect(first).toBeGreaterThan(0)
    expect(seen).toEqual(seen.map((_, index) => (index < first ? before : after)))
    delays.push((shown[first]?.at ?? Infinity) - activatedAt)
    if (Math.min(...delays) < CHANGES_MS) break
  }
  expect(Math.min(...delays)).toBeLessThan(CHANGES_MS)
  await videoMoves(visitor.page)
})

test('no other host was asked, and no policy offended', () => {
  expect(visitor.noticed).toEqual({ foreignRequests: [], policyViolations: [], errors: [] })
})

test('the server starts anew: the video goes on meanwhile, and the next change is heard', async () => {
  const { page } = visitor
  const restarted = world.platform.restart(1_000)
  await page.locator('body[data-connected="false"]').waitFor()
  await videoMoves(page)
  await restarted
  const plays = await cardOn()
  const next = plays === 'warm' ? 'cold' : 'warm'
  await activate(next)
  expect(await faultsOfCard(page, next, await printSeen(page, PRINT, UPRIGHT))).toEqual([])
  await page.locator('body[data-connected="true"]').waitFor()
})

test('what ends while it is watched is gone at once, camera and all, and the visit is counted', async () => {
  const { page } = visitor
  const expiresAt = new Date(Date.now() + SOON_MS).toISOString()
  await world.change('UpdateArContent', { id: content.id, expiresAt })
  await reaches(page, 'unavailable')
  expect(await isCameraOn(page)).toBe(false)
  expect(await activeVideo(page)).toBe(null)
  await keepScreenshot(page, 'unavailable')
  await vi.waitFor(async () => {
    expect(await visits()).toEqual([
      {
        tracking_quality: expect.stringMatching(/^(GOOD|FAIR)$/),
        has_lasted: true,
        video_played: true,
        video_completed: true,
        has_ended: true,
      },
    ])
  }, WAITS_MS)
})

test('it comes back by itself when it is shown again; who leaves then has been there twice', async () => {
  const { page } = visitor
  await world.change('UpdateArContent', { id: content.id, expiresAt: null })
  await reaches(page, 'playing')
  await videoMoves(page)
  // As when the tab is closed: nothing is sent after that but what the browser still sends by itself.
  await page.goto('about:blank')
  await vi.waitFor(async () => {
    expect(await visits()).toMatchObject([
      { has_ended: true },
      { has_ended: true, video_played: true, tracking_quality: expect.any(String) },
    ])
  }, WAITS_MS)
  expect(await world.editor.send('ArContent', { id: content.id })).toMatchObject({
    arContent: { viewsCount: 2 },
  })
})

function activate(card: CardName | undefined) {
  const videoId = content.videoIds[CARDS.findIndex((each) => each === card)]
  return world.change('ActivateVideo', { id: videoId })
}

/** What the page showed from before an activation until a while after the video had been changed. */
async function recordActivation(card: CardName | undefined) {
  const { page } = visitor
  const before = await activeVideo(page)
  const stop = await recordFrames(visitor)
  await activate(card)
  const activatedAt = Date.now()
  await expect
    .poll(async () => (await activeVideo(page))?.source, { timeout: WAITS_MS })
    .not.toBe(before?.source)
  await delay(AFTERWARDS_MS)
  return { shown: await stop(), activatedAt }
}

async function cardOn(): Promise<CardName> {
  const [row] = await world.sql<{ title: CardName }[]>`
    select v.title from content.ar_contents c join content.videos v on v.id = c.active_video_id
    where c.unique_id = ${content.uniqueId}`
  if (!row) throw new Error('no video is on')
  return row.title
}

async function visits() {
  return [
    ...(await world.sql`
      select s.tracking_quality, s.duration_seconds > 0 as has_lasted, s.video_played, s.video_completed,
        s.ended_at is not null as has_ended
      from analytics.view_sessions s join content.ar_contents c on c.id = s.content_id
      where c.unique_id = ${content.uniqueId} order by s.created_at`),
  ]
}
