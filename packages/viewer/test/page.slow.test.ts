import { readFile } from 'node:fs/promises'
import { launchBrowser, type TestBrowser, type Visitor } from '@arv/testkit/browser'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { renderPage } from '../serve/render-page.ts'
import { TEXTS } from '../src/texts.ts'
import { openPartsPage, source, type PartsPage } from './parts-page.ts'

const FINGER_PX = 44

let parts: PartsPage
let browser: TestBrowser

beforeAll(async () => {
  const [html, css] = await Promise.all([readSource('viewer.html'), readSource('viewer.css')])
  const named = html.replace('./viewer.css', './parts.css').replace('./viewer.ts', './parts.js')
  parts = await openPartsPage({}, { html: renderPage(named, 'en', TEXTS.en), css, script: SCRIPT })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await parts.close()
})

test('over a print there is a button that pauses, and then plays on, by touch and by keyboard', async () => {
  const { page } = await open()
  const pause = page.locator('#pause')
  await happen(page, 'cameraWanted')
  expect(await pause.isHidden()).toBe(true)
  await happen(page, 'printSeen')
  expect(await pause.getAttribute('aria-label')).toBe('Pause')
  const box = await pause.boundingBox()
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(FINGER_PX)

  await pause.tap()
  expect([await plays(page), await pause.getAttribute('aria-label')]).toEqual([false, 'Play'])
  await page.evaluate(`document.querySelector('#ar').focus()`)
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('pause')
  await page.keyboard.press('Enter')
  expect([await plays(page), await pause.getAttribute('aria-label')]).toEqual([true, 'Pause'])

  await happen(page, 'printLost')
  await happen(page, 'printGone')
  expect([await pause.isHidden(), await focused(page)]).toEqual([true, 'ar'])
})

test('a tap that is needed is said, each time anew, and its button leaves the focus to the next', async () => {
  const { page } = await open()
  const announced = () => page.locator('#announcer').textContent()
  await happen(page, 'motionUnwanted')
  await happen(page, 'cameraWanted')
  await happen(page, 'printSeen')
  expect([await announced(), await plays(page)]).toEqual(['Tap to play', false])
  await page.locator('#play').focus()
  await page.keyboard.press('Enter')
  expect([await plays(page), await focused(page)]).toEqual([true, 'pause'])
  expect(await announced()).toBe('Found. The video plays.')
  await happen(page, 'playRefused')
  expect(await announced()).toBe('Tap to play')
  await happen(page, 'playing')
  expect(await announced()).toBe('')
})

test.for([
  ['title', 'A waltz'],
  ['player', null],
] as const)('watched plainly, the focus goes to the %s when the title is %s', async ([place, title]) => {
  const { page } = await open()
  await page.evaluate(`content.title = ${JSON.stringify(title)}, happen({ type: 'visible' })`)
  await page.locator('#plainly').focus()
  await page.keyboard.press('Enter')
  expect(await focused(page)).toBe(place)
})

async function open(): Promise<Visitor> {
  const visitor = await browser.visit()
  onTestFinished(() => visitor.close())
  await visitor.page.goto(parts.address)
  await visitor.page.waitForFunction('window.ready')
  return visitor
}

const happen = (page: Visitor['page'], type: string): Promise<unknown> =>
  page.evaluate(`happen({ type: '${type}' })`)

const plays = (page: Visitor['page']): Promise<unknown> => page.evaluate('plays()')

const focused = (page: Visitor['page']): Promise<unknown> => page.evaluate('document.activeElement.id')

const readSource = (name: string): Promise<string> =>
  readFile(new URL(`../src/${name}`, import.meta.url), 'utf8')

// What runs in the page is text: it is not of this program's types.
const SCRIPT = `
import { createPage } from ${source('screen/page.ts')}
import { after, FIRST_FACTS, screenOf } from ${source('screen/state.ts')}

const content = {
  title: 'A waltz', description: null, image: null, marker: null, activeVideo: {}, nextChangeAt: null,
}
const page = createPage({
  onCamera: () => happen({ type: 'cameraWanted' }),
  onPlain: () => happen({ type: 'plainWanted' }),
  onPlay: () => happen({ type: 'playWanted' }),
  onPause: () => happen({ type: 'pauseWanted' }),
  onSound: (isOn) => page.setSound(isOn),
})
let facts = FIRST_FACTS
function happen(event) {
  facts = after(facts, event)
  page.render(screenOf(facts), content)
}
happen({ type: 'content', content: { hasMarker: true, hasVideo: true } })
Object.assign(window, { happen, content, plays: () => screenOf(facts).plays, ready: true })
`
