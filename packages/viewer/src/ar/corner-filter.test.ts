import { describe, expect, test } from 'vitest'
import type { Corners } from './camera-geometry.ts'
import { createCornerFilter } from './corner-filter.ts'

/** Of a camera of 30 frames a second. */
const FRAME_MS = 1000 / 30

describe('the corners, steadied', () => {
  test('what is seen first is shown as it is', () => {
    expect(createCornerFilter(640).smooth(square(10), 0)).toEqual(square(10))
  })

  test('what stands still stays where it is', () => {
    const filter = createCornerFilter(640)
    for (let frame = 0; frame < 30; frame += 1) {
      expect(filter.smooth(square(10), frame * FRAME_MS)[0].x).toBeCloseTo(10, 9)
    }
  })

  test('a tremor of a pixel becomes a fifth of one', () => {
    const filter = createCornerFilter(640)
    const shown = Array.from({ length: 90 }, (_, frame) =>
      filter.smooth(square(100 + (frame % 2)), frame * FRAME_MS),
    ).slice(30)
    const xs = shown.map(([corner]) => corner.x)
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(0.25)
    expect(mean(xs)).toBeCloseTo(100.5, 1)
  })

  test.each([
    [20, 1.4],
    [100, 1.6],
    [500, 2],
  ])('at %d px/s what is shown is less than %d px behind', (speed, behind) => {
    const filter = createCornerFilter(640)
    let lag = 0
    for (let frame = 0; frame < 90; frame += 1) {
      const x = (speed * frame * FRAME_MS) / 1000
      lag = x - filter.smooth(square(x), frame * FRAME_MS)[0].x
    }
    expect(lag).toBeGreaterThan(0)
    expect(lag).toBeLessThan(behind)
  })

  test('in a picture of twice the size, twice the way is the same', () => {
    const small = createCornerFilter(640)
    const large = createCornerFilter(1280)
    for (let frame = 0; frame < 20; frame += 1) {
      const x = frame ** 1.5
      const [one] = small.smooth(square(x), frame * FRAME_MS)
      const [other] = large.smooth(square(x, 200), frame * FRAME_MS)
      expect(other.x).toBeCloseTo(2 * one.x, 9)
    }
  })

  test('a print that moves keeps its shape', () => {
    const filter = createCornerFilter(640)
    for (let frame = 0; frame < 20; frame += 1) {
      const [a, b, c] = filter.smooth(square(frame * 7 + (frame % 3)), frame * FRAME_MS)
      expect([b.x - a.x, c.y - b.y]).toEqual([expect.closeTo(100, 9), expect.closeTo(100, 9)])
    }
  })

  test('two pictures of the same moment: the later one is taken as it is', () => {
    const filter = createCornerFilter(640)
    filter.smooth(square(0), 5)
    expect(filter.smooth(square(50), 5)).toEqual(square(50))
  })
})

function square(x: number, size = 100): Corners {
  const left = (x * size) / 100
  return [
    { x: left, y: 0 },
    { x: left + size, y: 0 },
    { x: left + size, y: size },
    { x: left, y: size },
  ]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
