import { clip } from '@arv/testkit/clips'
import { launchBrowser, type TestBrowser, type Visitor } from '@arv/testkit/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPartsPage, type PartsPage, type ServedFile } from './parts-page.ts'

const CAPTIONS =
  'WEBVTT\n\n00:00.100 --> 00:00.900\nHello <i>there</i>\n\n00:01.100 --> 00:01.900\nyou &amp; me\n'

const SOON = { timeout: 15_000 }

let files: { [path: string]: ServedFile }
let page: PartsPage
let browser: TestBrowser

beforeAll(async () => {
  files = { '/words.vtt': { type: 'text/vtt', body: Buffer.from(CAPTIONS) } }
  for (const [seed, name] of ['a', 'b', 'c', 'slow', 'broken'].entries()) {
    files[`/${name}.mp4`] = { type: 'video/mp4', body: await clip({ seconds: 2, seed, audio: true }) }
  }
  page = await openPartsPage(files)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await page.close()
})

describe('the player', () => {
  test('shows a video when its first picture is there, plays it when told to, and says once what happened', async () => {
    const { visitor, run, told } = await open()
    await run(`player.show(video('a'))`)
    await expect.poll(told, SOON).toEqual(['swap a'])
    expect(await run(`player.element.paused`)).toBe(true)
    await run(`player.play()`)
    // Two rounds and a half.
    await visitor.page.waitForTimeout(5_000)
    expect(await told()).toEqual(['swap a', 'playing a', 'completed a'])
    expect(visitor.noticed).toEqual({ foreignRequests: [], policyViolations: [], errors: [] })
    await visitor.close()
  })

  test('keeps the old one on while the next one loads, and of three in a row shows the last', async () => {
    const { visitor, run, told } = await open()
    files['/slow.mp4'] = { ...file('/slow.mp4'), delayMs: 1500 }
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    await run(`player.show(video('slow'))`)
    await visitor.page.waitForTimeout(700)
    expect(await run(`[player.element.paused, player.element.currentSrc.endsWith('/a.mp4')]`)).toEqual([
      false,
      true,
    ])
    await run(`player.show(video('c'))`)
    await expect.poll(told, SOON).toContain('playing c')
    await visitor.page.waitForTimeout(2_000)
    expect(await told()).not.toContain('swap slow')
    await visitor.close()
  })

  test('going back to what is on drops what was loading', async () => {
    const { visitor, run, told } = await open()
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    await run(`player.show(video('slow')), player.show(video('a'))`)
    await visitor.page.waitForTimeout(2_500)
    expect((await told()).filter((line) => line.startsWith('swap'))).toEqual(['swap a'])
    await visitor.close()
  })

  test('a video that does not load leaves the old one on, and comes when it can be loaded', async () => {
    const { visitor, run, told } = await open()
    files['/broken.mp4'] = { ...file('/broken.mp4'), broken: true }
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    await run(`player.show(video('broken'))`)
    await expect.poll(told, SOON).toContain('failed broken')
    expect(await run(`player.element.paused`)).toBe(false)
    files['/broken.mp4'] = { ...file('/broken.mp4'), broken: false }
    await expect.poll(told, SOON).toContain('playing broken')
    expect((await told()).filter((line) => line === 'failed broken')).toHaveLength(1)
    await visitor.close()
  })

  test('sound that was turned on stays on with the next video', async () => {
    const { visitor, run, told } = await open()
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    expect(await run(`player.element.muted`)).toBe(true)
    await run(`player.setMuted(false), player.show(video('b'))`)
    await expect.poll(told, SOON).toContain('playing b')
    expect(await run(`[player.element.muted, player.element.paused]`)).toEqual([false, false])
    await visitor.close()
  })

  test('captions are told in the visitor’s language, without their tags', async () => {
    const { visitor, run, told } = await open()
    await run(`player.play(), player.show(video('a', [
      { language: 'ru', label: 'Русский', url: '/none.vtt' },
      { language: 'en', label: 'English', url: '/words.vtt' },
    ]))`)
    await expect.poll(told, SOON).toEqual(expect.arrayContaining(['cue Hello there', 'cue you & me']))
    await visitor.close()
  })

  test('with nothing to show it is empty', async () => {
    const { visitor, run, told } = await open()
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    await run(`player.show(null)`)
    expect(await told()).toContain('swap null')
    expect(await run(`[player.element, document.querySelectorAll('#host video[src]').length]`)).toEqual([
      null,
      0,
    ])
    await visitor.close()
  })
})

function file(path: string): ServedFile {
  const found = files[path]
  if (!found) throw new Error(`${path} is not served`)
  return found
}

async function open(): Promise<{
  visitor: Visitor
  run: (code: string) => Promise<unknown>
  told: () => Promise<string[]>
}> {
  const visitor = await browser.visit()
  await visitor.page.goto(page.address)
  await visitor.page.waitForFunction('window.ready')
  return {
    visitor,
    run: (code) => visitor.page.evaluate(code),
    told: () => visitor.page.evaluate<string[]>('told'),
  }
}
