import { type BrowserOptions, INSECURE_HOST, launchBrowser } from '@arv/testkit/browser'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { isCameraOn, keepScreenshot, reaches, videoMoves } from './viewer-page.ts'
import { createViewerWorld, type PublishedPrint, type ViewerWorld } from './viewer-world.ts'

// Everything is drawn and looked at in software here.
vi.setConfig({ testTimeout: 60_000 })

let world: ViewerWorld
let content: PublishedPrint

beforeAll(async () => {
  world = await createViewerWorld()
  content = await world.publish({ print: 'landscape', cards: ['warm'] })
}, 120_000)

afterAll(() => world.close())

interface Obstacle {
  readonly browser: BrowserOptions
  readonly host?: string
  readonly reason: string
  readonly says: string
}

const OBSTACLES: readonly Obstacle[] = [
  { browser: { camera: 'refused' }, reason: 'camera-denied', says: 'The camera is not allowed' },
  { browser: { camera: 'missing' }, reason: 'camera-missing', says: 'No camera was found' },
  { browser: {}, host: INSECURE_HOST, reason: 'camera-insecure', says: 'The camera needs a secure address' },
  { browser: { webgl: false }, reason: 'webgl-missing', says: 'This device can’t draw over the camera' },
]

test.for(OBSTACLES)(
  '$reason: the page says so, and the video can be watched all the same',
  async (obstacle) => {
    const browser = await launchBrowser(obstacle.browser)
    onTestFinished(() => browser.close())
    const { page, noticed } = await browser.visit()
    const address = new URL(content.address)
    if (obstacle.host !== undefined) address.hostname = obstacle.host
    await page.goto(address.href)
    if (obstacle.reason === 'camera-denied' || obstacle.reason === 'camera-missing') {
      await page.locator('#start-button').tap()
    }
    await reaches(page, 'message', obstacle.reason)
    expect(await page.locator('#message-heading').textContent()).toBe(obstacle.says)
    await keepScreenshot(page, obstacle.reason)

    await page.locator('#plainly').tap()
    await reaches(page, 'plain')
    await videoMoves(page)
    expect(await isCameraOn(page)).toBe(false)
    await keepScreenshot(page, 'plain')
    expect(noticed).toMatchObject({ foreignRequests: [], policyViolations: [] })
  },
)
