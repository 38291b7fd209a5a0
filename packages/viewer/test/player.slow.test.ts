import { clip } from '@arv/testkit/clips'
import { launchBrowser, type TestBrowser, type Visitor } from '@arv/testkit/browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPartsPage, type PartsPage, type ServedFile } from './parts-page.ts'

const CAPTIONS =
  'WEBVTT\n\n00:00.100 --> 00:00.900\nHello <i>there</i>\n\n00:01.100 --> 00:01.900\nyou &amp; me\n'

const OTHER_CAPTIONS = 'WEBVTT\n\n00:00.100 --> 00:01.900\nsomething else\n'

const SOON = { timeout: 15_000 }

// What runs in the page is text: it is not of this program's types.
const REFUSE_SOUND = `{
  globalThis.refusesSound = true
  const { play } = HTMLMediaElement.prototype
  HTMLMediaElement.prototype.play = function () {
    if (this.muted || !refusesSound) return play.call(this)
    return Promise.reject(new DOMException('A tap is needed.', 'NotAllowedError'))
  }
}`

/**
 * As an iPhone that saves power: an element plays, and loads, only after it was played or loaded in a tap. Chromium
 * takes whatever a test evaluates in a page for a tap, so this one tells a tap by its event.
 */
const PHONE = `{
  let isInTap = false
  const allowed = new WeakSet()
  addEventListener('click', ({ isTrusted }) => {
    isInTap = isTrusted
    setTimeout(() => { isInTap = false })
  }, { capture: true })
  const { play, load } = HTMLMediaElement.prototype
  const { set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'src')
  const addresses = new WeakMap()
  Object.defineProperty(HTMLMediaElement.prototype, 'src', { set(address) {
    if (allowed.has(this) || globalThis.loadsBefore) set.call(this, address)
    else addresses.set(this, address)
  } })
  HTMLMediaElement.prototype.load = function () {
    if (isInTap) allowed.add(this)
    load.call(this)
  }
  HTMLMediaElement.prototype.play = function () {
    if (isInTap) allowed.add(this)
    if (!allowed.has(this)) return Promise.reject(new DOMException('A tap is needed.', 'NotAllowedError'))
    if (addresses.has(this)) set.call(this, addresses.get(this))
    addresses.delete(this)
    return play.call(this)
  }
}`

let files: { [path: string]: ServedFile }
let page: PartsPage
let browser: TestBrowser

beforeAll(async () => {
  files = { '/words.vtt': { type: 'text/vtt', body: Buffer.from(CAPTIONS) } }
  files['/other.vtt'] = { type: 'text/vtt', body: Buffer.from(OTHER_CAPTIONS) }
  files['/long.mp4'] = { type: 'video/mp4', body: await clip({ seconds: 4, seed: 9 }) }
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

  test('captions that change are told at once, and the video plays on', async () => {
    const { visitor, run, told } = await open()
    const english = (path: string) => `[{ language: 'en', label: 'English', url: '${path}' }]`
    await run(`player.play(), player.show(video('a', ${english('/words.vtt')}))`)
    await expect.poll(told, SOON).toContain('cue Hello there')
    await run(`told.length = 0, player.show(video('a', ${english('/other.vtt')}))`)
    await expect.poll(told, SOON).toContain('cue something else')
    expect((await told()).filter((line) => !line.startsWith('cue something'))).toEqual([])
    await run(
      `player.show(video('b', ${english('/words.vtt')})), player.show(video('b', ${english('/other.vtt')}))`,
    )
    await expect.poll(told, SOON).toContain('playing b')
    expect(await run(`[...player.element.children].map(({ src }) => new URL(src).pathname)`)).toEqual([
      '/other.vtt',
    ])
    await visitor.close()
  })

  test('in fullscreen the browser shows the captions, and the next video comes on the same element', async () => {
    const { visitor, run, told } = await open()
    const captions = `[{ language: 'en', label: 'English', url: '/words.vtt' }]`
    await run(`player.play(), player.show(video('a', ${captions}))`)
    await expect.poll(told, SOON).toContain('playing a')
    const mode = () => run(`player.element.textTracks[0].mode`)
    expect(await mode()).toBe('hidden')
    await run(`player.element.requestFullscreen()`)
    await expect.poll(mode, SOON).toBe('showing')

    await run(`player.show(video('b', ${captions}))`)
    await expect.poll(told, SOON).toContain('playing b')
    expect(
      await run(
        `[document.fullscreenElement === player.element, player.element.currentSrc.endsWith('/b.mp4')]`,
      ),
    ).toEqual([true, true])
    expect(await run(`document.querySelectorAll('#host video[src]').length`)).toBe(1)
    await expect.poll(() => run(`player.element.currentTime > 0.5`), SOON).toBe(true)
    expect(await mode()).toBe('showing')
    await run(`document.exitFullscreen()`)
    await expect.poll(mode, SOON).toBe('hidden')

    await run(`player.element.requestFullscreen()`)
    await run(`player.show(null)`)
    await expect.poll(() => run(`document.fullscreenElement`), SOON).toBeNull()
    await visitor.close()
  })

  test('who pauses by the video’s own controls is not played to, until they play it again', async () => {
    const { visitor, run, told } = await open()
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    // All that its controls do is to call these.
    await run(`player.element.controls = true, player.element.pause()`)
    await expect.poll(told, SOON).toContain('paused by hand')
    await run(`player.setMuted(false), player.show(video('b'))`)
    await expect.poll(told, SOON).toContain('swap b')
    await run(`document.dispatchEvent(new Event('visibilitychange'))`)
    await visitor.page.waitForTimeout(500)
    expect(await run(`player.element.paused`)).toBe(true)
    expect(await told()).not.toContain('playing b')

    await run(`player.element.controls = true, player.element.play()`)
    await expect.poll(told, SOON).toEqual(expect.arrayContaining(['played by hand', 'playing b']))
    await run(`told.length = 0, player.show(video('c'))`)
    await expect.poll(told, SOON).toEqual(['swap c', 'playing c'])
    await run(`player.element.controls = true, player.pause(), player.play(), player.pause()`)
    await visitor.page.waitForTimeout(500)
    expect(await told()).toEqual(['swap c', 'playing c'])
    await visitor.close()
  })

  test('who goes back in a video has not seen it to its end', async () => {
    const { visitor, run, told } = await open()
    await run(`player.show(video('long'))`)
    await expect.poll(told, SOON).toEqual(['swap long'])
    for (const seconds of [2.9, 0.1]) {
      await run(`player.element.currentTime = ${seconds}`)
      await visitor.page.waitForTimeout(400)
    }
    expect(await told()).toEqual(['swap long'])
    await visitor.close()
  })

  test('what broke while the next one loaded is loaded anew when it is shown again', async () => {
    const { visitor, run, told } = await open()
    files['/slow.mp4'] = { ...file('/slow.mp4'), delayMs: 20_000 }
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    await run(`player.show(video('slow')), (broken = player.element).src = '/none.mp4'`)
    await expect.poll(() => run(`broken.error !== null`), SOON).toBe(true)
    await run(`told.length = 0, player.show(video('a'))`)
    await expect.poll(told, SOON).toEqual(['swap a', 'playing a'])
    expect(await run(`player.element.error`)).toBeNull()
    files['/slow.mp4'] = { ...file('/slow.mp4'), delayMs: 0 }
    await visitor.close()
  })

  test('sound that is refused is off, also for the next video', async () => {
    const { visitor, run, told } = await open({ script: REFUSE_SOUND })
    await run(`player.play(), player.show(video('a'))`)
    await expect.poll(told, SOON).toContain('playing a')
    await run(`player.setMuted(false)`)
    await expect.poll(told, SOON).toContain('sound refused')
    await run(`refusesSound = false, player.show(video('b'))`)
    await expect.poll(told, SOON).toContain('playing b')
    expect(await run(`player.element.muted`)).toBe(true)
    await visitor.close()
  })

  test.for([
    ['where the browser says that this is no tap', ''],
    ['where it says nothing of taps', 'delete Navigator.prototype.userActivation'],
  ] as const)('a refusal of what loads is told: %s', async ([, script]) => {
    const { visitor, run, told } = await open({ script: `${script};${PHONE}` })
    await run(`player.show(video('a')), setTimeout(() => player.play(), 300)`)
    await expect.poll(told, SOON).toEqual(['refused'])
    // Again after a tap that was none.
    await run(`player.play()`)
    await expect.poll(told, SOON).toEqual(['refused', 'refused'])
    await run(`document.addEventListener('click', () => player.play())`)
    await visitor.page.touchscreen.tap(50, 50)
    await expect.poll(told, SOON).toEqual(['refused', 'refused', 'swap a', 'playing a'])
    await visitor.close()
  })

  test.for([
    ['loading', PHONE],
    ['loaded', `globalThis.loadsBefore = true;${PHONE}`],
  ])('a tap before it should play is enough, the video being %s', async ([, script]) => {
    const { visitor, run, told } = await open({ script })
    await run(`player.show(video('a'))`)
    await visitor.page.waitForTimeout(800)
    await run(`document.addEventListener('click', () => player.unlock())`)
    await visitor.page.touchscreen.tap(50, 50)
    await expect.poll(told, SOON).toEqual(['swap a'])
    await visitor.page.waitForTimeout(300)
    expect([await told(), await run(`player.element.paused`)]).toEqual([['swap a'], true])
    await run(`player.play(), player.show(video('b'))`)
    await expect.poll(told, SOON).toContain('playing b')
    expect(await told()).not.toContain('refused')
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

async function open({ script }: { script?: string | undefined } = {}): Promise<{
  visitor: Visitor
  run: (code: string) => Promise<unknown>
  told: () => Promise<string[]>
}> {
  const visitor = await browser.visit()
  if (script !== undefined) await visitor.context.addInitScript(script)
  await visitor.page.goto(page.address)
  await visitor.page.waitForFunction('window.ready')
  return {
    visitor,
    run: (code) => visitor.page.evaluate(code),
    told: () => visitor.page.evaluate<string[]>('told'),
  }
}
