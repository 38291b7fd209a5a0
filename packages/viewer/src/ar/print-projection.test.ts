import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Corners, Matrix4, Size } from './camera-geometry.ts'
import { printProjection } from './print-projection.ts'

const SQUARE: Corners = [point(0, 0), point(100, 0), point(100, 100), point(0, 100)]

describe('a plane laid over the print', () => {
  test('a print that fills the camera’s picture fills the canvas', () => {
    const matrix = printProjection(SQUARE, { width: 100, height: 100 }, { width: 50, height: 50 })
    expect(planeCorners(matrix)).toEqual([
      [-1, 1],
      [1, 1],
      [1, -1],
      [-1, -1],
    ])
  })

  test('of a picture whose sides are cut off, they lie beside the canvas', () => {
    const matrix = printProjection(SQUARE, { width: 100, height: 100 }, { width: 50, height: 100 })
    expect(planeCorners(matrix)).toEqual([
      [-2, 1],
      [2, 1],
      [2, -1],
      [-2, -1],
    ])
  })

  test('its middle is where the diagonals of what is seen cross, not in the middle of the corners', () => {
    const steep: Corners = [point(40, 20), point(60, 20), point(100, 80), point(0, 80)]
    const [x, y] = toClip(
      printProjection(steep, { width: 100, height: 100 }, { width: 100, height: 100 }),
      0,
      0,
    )
    // The diagonals cross at (50, 30).
    expect([x, y]).toEqual([expect.closeTo(0, 9), expect.closeTo(0.4, 9)])
  })

  test('wherever the print is seen, in whatever box: each corner lies on its own', () => {
    fc.assert(
      fc.property(quad(), size(), size(), (corners, camera, box) => {
        const scale = Math.max(box.width / camera.width, box.height / camera.height)
        const expected = corners.map(({ x, y }) => [
          expect.closeTo(((x - camera.width / 2) * scale) / (box.width / 2), 6),
          expect.closeTo(((camera.height / 2 - y) * scale) / (box.height / 2), 6),
        ])
        expect(planeCorners(printProjection(corners, camera, box))).toEqual(expected)
      }),
    )
  })

  test('no part of it is behind the eye or clipped by depth', () => {
    fc.assert(
      fc.property(quad(), size(), size(), (corners, camera, box) => {
        const matrix = printProjection(corners, camera, box)
        for (const [x, y] of PLANE) {
          expect(row(matrix, 3, x, y)).toBeGreaterThan(0)
          expect(row(matrix, 2, x, y)).toBe(0)
        }
      }),
    )
  })
})

const PLANE = [
  [-0.5, 0.5],
  [0.5, 0.5],
  [0.5, -0.5],
  [-0.5, -0.5],
] as const

function planeCorners(matrix: Matrix4) {
  return PLANE.map(([x, y]) => toClip(matrix, x, y))
}

function toClip(matrix: Matrix4, x: number, y: number) {
  const w = row(matrix, 3, x, y)
  return [row(matrix, 0, x, y) / w, row(matrix, 1, x, y) / w]
}

function row(matrix: Matrix4, index: number, x: number, y: number): number {
  const at = (column: number): number => matrix[index + column * 4] ?? 0
  return at(0) * x + at(1) * y + at(3)
}

/** Convex, for each corner stays in its own corner of a picture. */
function quad(): fc.Arbitrary<Corners> {
  const shift = fc.record({ x: fc.integer({ min: 0, max: 140 }), y: fc.integer({ min: 0, max: 100 }) })
  return fc
    .tuple(shift, shift, shift, shift)
    .map(([a, b, c, d]): Corners => [
      point(a.x, a.y),
      point(640 - b.x, b.y),
      point(640 - c.x, 480 - c.y),
      point(d.x, 480 - d.y),
    ])
}

function size(): fc.Arbitrary<Size> {
  return fc.record({
    width: fc.integer({ min: 100, max: 2000 }),
    height: fc.integer({ min: 100, max: 2000 }),
  })
}

function point(x: number, y: number) {
  return { x, y }
}
