import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type CameraBox,
  type Colour,
  colourDistance,
  coloursOnPrint,
  type FilmSize,
  type Point,
  printOnPage,
  type Quad,
  type Visitor,
  WALL,
} from '@arv/testkit/browser'
import { expect } from 'vitest'
import { BESIDE, type CardName, expectedOnPrint } from './test-cards.ts'

type Page = Visitor['page']

/** What `document.body.dataset.state` may say. */
export type ViewerState = 'start' | 'looking' | 'playing' | 'plain' | 'message' | 'unavailable'

/** Found after two seconds where nothing else runs. */
const REACHES_MS = 30_000
const POLL_MS = 100
/** Between what was drawn and what is seen of it, past codecs, colour spaces and a lens that trembles. */
const NEAR = 60
/** Below it a channel is black. */
const DARK = 40
/** The quarters of a card and its middle. */
const CARD_PARTS = 5
const CARD_NAMES = ['warm', 'cold'] as const

export async function reaches(page: Page, state: ViewerState, reason?: string): Promise<void> {
  const withReason = reason === undefined ? '' : `[data-reason="${reason}"]`
  await page.locator(`body[data-state="${state}"]${withReason}`).waitFor({ timeout: REACHES_MS })
}

export interface PlayingVideo {
  /** Its address. */
  readonly source: string
  readonly time: number
  readonly isPaused: boolean
  readonly isMuted: boolean
}

/** The video that is on, over the print or plainly. */
export async function activeVideo(page: Page): Promise<PlayingVideo | null> {
  return page.evaluate<PlayingVideo | null>(`(() => {
    const video = document.querySelector('#player video[data-on]')
    return video && { source: video.currentSrc, time: video.currentTime, isPaused: video.paused, isMuted: video.muted }
  })()`)
}

/** Its time goes on: it plays, and is not only said to. */
export async function videoMoves(page: Page): Promise<void> {
  const before = await activeVideo(page)
  await expect
    .poll(async () => (await activeVideo(page))?.time, { timeout: REACHES_MS, interval: POLL_MS })
    .not.toBe(before?.time)
  expect((await activeVideo(page))?.isPaused).toBe(false)
}

/** Whether the camera is on. */
export function isCameraOn(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const { srcObject } = document.getElementById('camera')
    return srcObject !== null && srcObject.getTracks().some(({ readyState }) => readyState === 'live')
  })()`)
}

/** A print on the page: where its corners are, and its width through its height. */
export interface SeenPrint {
  readonly corners: Quad
  readonly aspect: number
}

/** Where the print is on the page, by where it is in the film. */
export async function printSeen(
  page: Page,
  { corners, aspect }: SeenPrint,
  size: FilmSize,
): Promise<SeenPrint> {
  const box = await page.evaluate<CameraBox>(`(() => {
    const { x, y, width, height } = document.getElementById('camera').getBoundingClientRect()
    return { x, y, width, height }
  })()`)
  return { corners: printOnPage(corners, size, box), aspect }
}

/** A point of a print where something else is seen than should be. */
interface Fault {
  readonly at: Point | undefined
  readonly seen: readonly number[]
  readonly wanted: Colour | undefined
}

/**
 * Waits until a card lies exactly over a print, and nothing beside it.
 *
 * @returns where it does not after all
 */
export async function faultsOfCard(page: Page, card: CardName, print: SeenPrint): Promise<readonly Fault[]> {
  const onPrint = expectedOnPrint(card, print.aspect)
  const points = [...onPrint.map(({ point }) => point), ...BESIDE]
  const wanted: Colour[] = [...onPrint.map(({ colour }) => colour), ...BESIDE.map(() => WALL)]
  for (const began = Date.now(); ; await delay(POLL_MS)) {
    const seen = await coloursOnPrint(await page.screenshot(), print.corners, points)
    const faults = seen.flatMap((colour, index) =>
      colourDistance(colour, wanted[index] ?? colour) < NEAR
        ? []
        : [{ at: points[index], seen: colour.map(Math.round), wanted: wanted[index] }],
    )
    if (faults.length === 0 || Date.now() - began > REACHES_MS) return faults
  }
}

/** What is seen over a print at a moment: a whole card, nothing but darkness, or neither. */
export async function seenOverPrint(
  picture: Buffer,
  { corners, aspect }: SeenPrint,
): Promise<CardName | 'black' | 'other'> {
  const looks = CARD_NAMES.map((card) => ({
    card,
    expected: expectedOnPrint(card, aspect).slice(0, CARD_PARTS),
  }))
  const points = looks[0]?.expected.map(({ point }) => point) ?? []
  const seen = await coloursOnPrint(picture, corners, points)
  if (seen.every((colour) => Math.max(...colour) < DARK)) return 'black'
  const found = looks.find(({ expected }) =>
    seen.every((colour, index) => colourDistance(colour, expected[index]?.colour ?? WALL) < NEAR),
  )
  return found?.card ?? 'other'
}

/** One picture of what the page showed, and when. */
export interface ShownFrame {
  readonly picture: Buffer
  /** Milliseconds of `Date.now()`. */
  readonly at: number
}

/** Records all that the page shows until it is told to stop. */
export async function recordFrames({ page, context }: Visitor): Promise<() => Promise<ShownFrame[]>> {
  const frames: ShownFrame[] = []
  const session = await context.newCDPSession(page)
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    frames.push({ picture: Buffer.from(data, 'base64'), at: (metadata.timestamp ?? 0) * 1000 })
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined)
  })
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 90 })
  return async () => {
    await session.send('Page.stopScreencast')
    await session.detach()
    return frames.toSorted((one, other) => one.at - other.at)
  }
}

/** Keeps what a state looks like: in the folder that `ARV_SCREENSHOTS` names, else among the machine's passing files. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder =
    process.env['ARV_SCREENSHOTS'] ?? join(tmpdir(), `arv-screenshots-${process.getuid?.() ?? 'user'}`)
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 70 })
}
