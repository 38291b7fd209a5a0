import { setTimeout as delay } from 'node:timers/promises'
import {
  cornersSeen,
  launchBrowser,
  makeFilm,
  type PrintPose,
  type TestBrowser,
  UPRIGHT,
} from '@arv/testkit/browser'
import { photoLike } from '@arv/testkit/photos'
import { type PrintFixtureName, readPrintFixture } from '@arv/testkit/print-fixtures'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Shape } from '../platform.ts'
import { activeVideo, faultsOfCard, isCameraOn, printSeen, reaches, videoMoves } from './viewer-page.ts'
import { createViewerWorld, type PublishedPrint, type ViewerWorld } from './viewer-world.ts'

const NEVER_MS = 20_000
const POSE: PrintPose = { aspect: 4 / 3, width: 240, middle: { x: 240, y: 320 } }

let world: ViewerWorld
let browser: TestBrowser
let content: PublishedPrint

async function start(shape: Shape) {
  world = await createViewerWorld(shape)
  content = await world.publish({ print: 'landscape', cards: ['warm', 'cold'] })
  browser = await launchBrowser()
}

async function stop() {
  await browser.close()
  await world.close()
}

/** Opens the page before a camera that sees a photo. */
async function look(photo: Buffer, pose: PrintPose) {
  const print = { corners: cornersSeen(pose, UPRIGHT), aspect: pose.aspect }
  await browser.insertFilm(await makeFilm([{ seconds: 2, print: { photo, corners: print.corners } }]))
  const visitor = await browser.visit()
  onTestFinished(() => visitor.close())
  await visitor.page.goto(content.address)
  await visitor.page.locator('#start-button').tap()
  return { page: visitor.page, print }
}

const photoOf = async (name: PrintFixtureName) => (await readPrintFixture(name)).photo

describe('in many processes', () => {
  beforeAll(() => start('many processes'))
  afterAll(stop)

  test('the print is found, another video is put on and seen, and the visit is counted', async () => {
    const { page, print } = await look(await photoOf('landscape'), POSE)
    await reaches(page, 'playing')
    expect(await faultsOfCard(page, 'warm', await printSeen(page, print, UPRIGHT))).toEqual([])
    await world.change('ActivateVideo', { id: content.videoIds[1] })
    expect(await faultsOfCard(page, 'cold', await printSeen(page, print, UPRIGHT))).toEqual([])
    await page.goto('about:blank')
    await vi.waitFor(async () => {
      const visits = await world.sql`
        select video_played, ended_at is not null as has_ended from analytics.view_sessions`
      expect([...visits]).toEqual([{ video_played: true, has_ended: true }])
    }, 10_000)
  })
})

describe('in one process', () => {
  beforeAll(() => start('one process'))
  afterAll(stop)

  test.for([
    ['leaning back', { x: 35 }],
    ['seen from the side', { y: -35 }],
    ['turned by a quarter', { z: 90 }],
    ['upside down and aslant', { x: -20, y: 20, z: 170 }],
  ] as const)('a print is found when it is %s, and the video lies exactly over it', async ([, turn]) => {
    const { page, print } = await look(await photoOf('landscape'), { ...POSE, turn })
    await reaches(page, 'playing')
    await videoMoves(page)
    expect(await faultsOfCard(page, 'warm', await printSeen(page, print, UPRIGHT))).toEqual([])
  })

  test.for([
    ['another print', () => photoOf('portrait')],
    ['one that nobody published', () => photoLike(77)],
  ] as const)('%s is never taken for it', async ([, read]) => {
    const { page } = await look(await read(), POSE)
    await reaches(page, 'looking')
    await page.locator('#player video[data-on]').waitFor({ state: 'attached' })
    const before = await activeVideo(page)
    expect(before).toMatchObject({ isPaused: true })
    for (const until = Date.now() + NEVER_MS; Date.now() < until; await delay(100)) {
      expect(await page.evaluate('document.body.dataset.state')).toBe('looking')
    }
    expect(await isCameraOn(page)).toBe(true)
    expect(await activeVideo(page)).toEqual(before)
  })
})
