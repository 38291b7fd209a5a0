import { describe, expect, test } from 'vitest'
import type { Corners } from '../ar/camera-geometry.ts'
import { NOT_TRACKED, trackFrame, trackingQuality } from './tracking-quality.ts'
import type { Tracking } from './tracking-quality.ts'

const FRAME_MS = 40

/** A print of 300 × 400, whose diagonal is 500, with its upper left corner here. */
function printAt(x: number, y = 0): Corners {
  return [
    { x, y },
    { x: x + 300, y },
    { x: x + 300, y: y + 400 },
    { x, y: y + 400 },
  ]
}

/** `##-#.#` is: found, found, missed and shown all the same, found, missed and not shown, found. */
function trackedAs(frames: string, cornersOf = (_index: number) => printAt(0), frameMs = FRAME_MS): Tracking {
  return frames.split('').reduce<Tracking>((tracking, frame, index) => {
    const corners = frame === '#' ? cornersOf(index) : null
    return trackFrame(tracking, { corners, isShown: frame !== '.', atMs: index * frameMs })
  }, NOT_TRACKED)
}

const qualityOf = (frames: string, cornersOf?: (index: number) => Corners, frameMs?: number) =>
  trackingQuality(trackedAs(frames, cornersOf, frameMs))

describe('by how much of the time the print was seen', () => {
  test.for([
    ['never', '.'.repeat(100), null],
    ['not in a single frame', '', null],
    ['always', '#'.repeat(100), 'GOOD'],
    ['only after a long search', '.'.repeat(500) + '#'.repeat(50), 'GOOD'],
    ['for a glimpse', '.'.repeat(50) + '#'.repeat(9), 'POOR'],
    ['for a moment more than a glimpse', '#'.repeat(10), 'GOOD'],
    ['for nine frames of ten, lost once', `${'#'.repeat(45)}${'.'.repeat(10)}${'#'.repeat(45)}`, 'GOOD'],
    ['for less than that', `${'#'.repeat(45)}${'.'.repeat(11)}${'#'.repeat(45)}`, 'FAIR'],
    ['for six of ten', `${'#'.repeat(30)}${'.'.repeat(40)}${'#'.repeat(30)}`, 'FAIR'],
    ['for less than six of ten', `${'#'.repeat(30)}${'.'.repeat(41)}${'#'.repeat(30)}`, 'POOR'],
    ['until the phone was put down', '#'.repeat(100) + '.'.repeat(1000), 'GOOD'],
    ['in a sixth of the frames, shown in all of them', `###${'-----#'.repeat(100)}`, 'POOR'],
    ['in three of four, shown in all of them', '###-'.repeat(100) + '#', 'FAIR'],
    ['in all but a frame now and then, which nobody noticed', `${'#'.repeat(20)}-`.repeat(50) + '#', 'GOOD'],
    ['and was put down, and taken up', `${'#'.repeat(100)}${'.'.repeat(1000)}#`, 'POOR'],
  ] as const)('%s', ([, frames, expected]) => {
    expect(qualityOf(frames)).toBe(expected)
  })
})

describe('by how often it was lost', () => {
  const lost = (times: number, steady: number) => `${'#'.repeat(steady)}.`.repeat(times) + '#'.repeat(steady)

  test.for([
    // In less than half a minute one loss weighs as two in a minute.
    ['once in 8 s', lost(1, 100), 'GOOD'],
    ['twice in 12 s', lost(2, 100), 'FAIR'],
    ['four times in 20 s', lost(4, 100), 'FAIR'],
    ['five times in 24 s', lost(5, 100), 'POOR'],
    ['twice in a minute', lost(2, 500), 'GOOD'],
    ['four times in 100 s', lost(4, 500), 'FAIR'],
    ['after every second frame', lost(50, 2), 'POOR'],
  ] as const)('%s', ([, frames, expected]) => {
    expect(qualityOf(frames)).toBe(expected)
  })
})

describe('by how it shakes', () => {
  const frames = '#'.repeat(100)
  /** To and fro by as much: off a steady movement by twice that and back, four times as much. */
  const shaking = (by: number) => (index: number) => printAt(index % 2 === 0 ? by / 2 : -by / 2)

  test.for([
    ['not at all', () => printAt(0), 'GOOD'],
    ['along with a hand that moves steadily', (index: number) => printAt(index * 20, index * 10), 'GOOD'],
    ['by less than a hundredth of its size', shaking(4.9), 'GOOD'],
    ['by more than that', shaking(5.2), 'FAIR'],
    ['by less than three hundredths', shaking(14.9), 'FAIR'],
    ['by more than those', shaking(15.2), 'POOR'],
  ] as const)('%s', ([, cornersOf, expected]) => {
    expect(qualityOf(frames, cornersOf)).toBe(expected)
  })

  test('the nearer print may move by more pixels', () => {
    const near = (index: number): Corners => {
      const [a, b, c, d] = shaking(4.9)(index)
      const twice = ({ x, y }: { x: number; y: number }) => ({ x: 2 * x, y: 2 * y })
      return [twice(a), twice(b), twice(c), twice(d)]
    }
    expect(qualityOf(frames, near)).toBe('GOOD')
  })

  /** A hand that sways once in two seconds, to and fro by a fiftieth of the print's size. */
  const swaying = (frameMs: number) => (index: number) =>
    printAt(10 * Math.sin((Math.PI * index * frameMs) / 1000))
  /** The same for all who read this, up to so many pixels. */
  const noisy = (by: number) => (index: number) => {
    const noise = (seed: number) => (((seed * 7919 + index * 104_729) % 2003) / 2003 - 0.5) * 2 * by
    const [a, b, c, d] = printAt(0)
    const off = ({ x, y }: { x: number; y: number }, seed: number) => ({
      x: x + noise(seed),
      y: y + noise(seed + 1),
    })
    return [off(a, 1), off(b, 3), off(c, 5), off(d, 7)] satisfies Corners
  }
  const SLOW_MS = 250

  test.for([
    ['a fast phone in a hand that sways', swaying(33), 33, 'GOOD'],
    ['a slow phone in the same hand', swaying(SLOW_MS), SLOW_MS, 'GOOD'],
    ['a slow phone that is moved steadily', (index: number) => printAt(index * 60), SLOW_MS, 'GOOD'],
    ['a fast phone whose corners are off by a pixel', noisy(1), 33, 'GOOD'],
    ['a fast phone whose corners are off by up to 20 pixels', noisy(20), 33, 'POOR'],
    ['a slow phone whose corners are off by up to 20 pixels', noisy(20), SLOW_MS, 'FAIR'],
  ] as const)('%s', ([, cornersOf, frameMs, expected]) => {
    expect(qualityOf(frames, cornersOf, frameMs)).toBe(expected)
  })

  test('frames that come unevenly make no jitter of a steady movement', () => {
    const times = [0, 33, 99, 132, 231, 264, 330]
    const tracking = times.reduce<Tracking>(
      (before, atMs) => trackFrame(before, { corners: printAt(atMs), isShown: true, atMs }),
      NOT_TRACKED,
    )
    expect(tracking.shakes).toBe(5)
    expect(tracking.shaking).toBe(0)
  })

  test('a print that comes back elsewhere has not jumped there', () => {
    const elsewhere = (index: number) => printAt(index < 50 ? 0 : 300)
    expect(qualityOf(`${'#'.repeat(49)}.${'#'.repeat(50)}`, elsewhere)).toBe('GOOD')
    expect(trackedAs(`${'#'.repeat(49)}.${'#'.repeat(50)}`, elsewhere).shaking).toBe(0)
  })

  test('nor has one that moved while the page was hidden', () => {
    const before = trackedAs('#'.repeat(50))
    const back = trackFrame(before, { corners: printAt(300), isShown: true, atMs: 50 * FRAME_MS + 5000 })
    expect(back.shaking).toBe(0)
    expect(back.losses).toBe(0)
  })

  test('a print without a size is measured against nothing', () => {
    const point: Corners = [
      { x: 1, y: 1 },
      { x: 1, y: 1 },
      { x: 1, y: 1 },
      { x: 1, y: 1 },
    ]
    expect(qualityOf(frames, () => point)).toBe('GOOD')
  })
})
