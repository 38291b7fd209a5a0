import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Corners, Point } from './camera-geometry.ts'
import { fitPrint } from './fit-print.ts'
import type { TrackedPoint } from './fit-print.ts'

const PRINT = { width: 640, height: 480 }
/** Where a print is really seen, tilted. */
const SEEN: Corners = [point(130, 100), point(330, 90), point(390, 330), point(80, 320)]
/** What a pose makes of it that takes the lens for a longer one: the same size and place, less steep. */
const POSE: Corners = [point(122, 101), point(338, 93), point(381, 325), point(88, 327)]

describe('the corners by the points that were tracked', () => {
  test('are where the print is, not where the pose has it', () => {
    expect(worst(fitPrint(POSE, grid(6), PRINT))).toBeLessThan(0.7)
    expect(worst(POSE)).toBeGreaterThan(7)
  })

  test('noise of half a pixel moves them by little more', () => {
    const noise = seededNoise(7)
    const points = grid(6).map(({ onPrint, seen }) => ({
      onPrint,
      seen: point(seen.x + noise() / 2, seen.y + noise() / 2),
    }))
    expect(worst(fitPrint(POSE, points, PRINT))).toBeLessThan(1.2)
  })

  test('points that were mistaken count for nothing', () => {
    const mistaken = grid(6).map(({ onPrint, seen }, index) =>
      index % 4 === 0 ? { onPrint, seen: point(seen.x + 35, seen.y - 25) } : { onPrint, seen },
    )
    expect(worst(fitPrint(POSE, mistaken, PRINT))).toBeLessThan(1)
  })

  test('without points, the pose is all there is', () => {
    expect(fitPrint(POSE, [], PRINT).flatMap(({ x, y }) => [x, y])).toEqual(
      POSE.flatMap(({ x, y }) => [expect.closeTo(x, 6), expect.closeTo(y, 6)]),
    )
  })

  test('where all points are in one quarter, the far corners do not run away', () => {
    const noise = seededNoise(3)
    const quarter = grid(9)
      .filter(({ onPrint }) => onPrint.x < 320 && onPrint.y < 240)
      .map(({ onPrint, seen }) => ({ onPrint, seen: point(seen.x + noise() / 2, seen.y + noise() / 2) }))
    expect(worst(fitPrint(POSE, quarter, PRINT))).toBeLessThan(10)
  })

  test('a pose that is right, and points that agree: nothing changes, wherever the print is', () => {
    const shift = fc.record({ x: fc.integer({ min: 0, max: 140 }), y: fc.integer({ min: 0, max: 100 }) })
    fc.assert(
      fc.property(shift, shift, shift, shift, (a, b, c, d) => {
        const corners: Corners = [
          point(a.x, a.y),
          point(640 - b.x, b.y),
          point(640 - c.x, 480 - c.y),
          point(d.x, 480 - d.y),
        ]
        expect(worst(fitPrint(corners, grid(4, corners), PRINT), corners)).toBeLessThan(1e-6)
      }),
    )
  })

  test('a pose that is a point is left as it is', () => {
    const nothing: Corners = [point(5, 5), point(5, 5), point(5, 5), point(5, 5)]
    expect(fitPrint(nothing, grid(3), PRINT)).toBe(nothing)
  })
})

/** How far the worst corner is off, px. */
function worst(corners: Corners, truth: Corners = SEEN): number {
  return Math.max(
    ...corners.map(({ x, y }, index) => Math.hypot(x - (truth[index]?.x ?? 0), y - (truth[index]?.y ?? 0))),
  )
}

/** Points all over the print, and where a camera sees them. */
function grid(count: number, corners: Corners = SEEN): TrackedPoint[] {
  return Array.from({ length: count * count }, (_, index) => {
    const u = ((index % count) + 0.5) / count
    const v = (Math.floor(index / count) + 0.5) / count
    return { onPrint: point(u * PRINT.width, v * PRINT.height), seen: see(corners, u, v) }
  })
}

/** By where lines cross, and not by the formula under test: the cross ratio on the edges of a perspective square. */
function see([p0, p1, p2, p3]: Corners, u: number, v: number): Point {
  const [w0, w1, w2, w3] = depths([p0, p1, p2, p3])
  const weights = [(1 - u) * (1 - v) * w0, u * (1 - v) * w1, u * v * w2, (1 - u) * v * w3]
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const mix = (values: readonly number[]): number =>
    values.reduce((total, value, index) => total + value * (weights[index] ?? 0), 0) / sum
  return point(mix([p0.x, p1.x, p2.x, p3.x]), mix([p0.y, p1.y, p2.y, p3.y]))
}

/** In homogeneous coordinates a square's corners are w0·p0 + w2·p2 = w1·p1 + w3·p3, with w0 + w2 = w1 + w3. */
function depths([p0, p1, p2, p3]: Corners): [number, number, number, number] {
  const area = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  return [area(p1, p2, p3), area(p2, p3, p0), area(p3, p0, p1), area(p0, p1, p2)]
}

/** From −1 to 1. */
function seededNoise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state / 0xff_ff_ff_ff) * 2 - 1
  }
}

function point(x: number, y: number): Point {
  return { x, y }
}
