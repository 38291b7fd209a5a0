import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coverBox, isPrintLike, printCorners, scaleCorners, trackedSize } from './camera-geometry.ts'

const CAMERA = { width: 640, height: 480 }
const PRINT = { width: 400, height: 300 }
/** Of a camera of 480 px that sees 45° from top to bottom: 240 / tan 22.5°. */
const FOCAL_LENGTH = 579.41

/** Straight before the camera, its middle on the axis, so far away that a unit is a pixel. */
const BEFORE_CAMERA = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -200, -150, -FOCAL_LENGTH, 1]

describe('where the corners of a print are in the picture', () => {
  test('straight before the camera it is a rectangle in the middle', () => {
    expect(rounded(printCorners(BEFORE_CAMERA, PRINT, CAMERA))).toEqual([
      [120, 90],
      [520, 90],
      [520, 390],
      [120, 390],
    ])
  })

  test('twice as far away it is half as large', () => {
    const world = BEFORE_CAMERA.with(14, -2 * FOCAL_LENGTH)
    expect(rounded(printCorners(world, PRINT, CAMERA))).toEqual([
      [220, 165],
      [420, 165],
      [420, 315],
      [220, 315],
    ])
  })

  test('to the right and up in the world is to the right and up in the picture', () => {
    const world = BEFORE_CAMERA.with(12, -150).with(13, -130)
    expect(rounded(printCorners(world, PRINT, CAMERA))?.[0]).toEqual([170, 70])
  })

  test('with its upper edge bent away, that edge is the shorter one', () => {
    const tilt = Math.PI / 6
    const world = BEFORE_CAMERA.with(5, Math.cos(tilt)).with(6, -Math.sin(tilt))
    const [upperLeft, upperRight, lowerRight, lowerLeft] = rounded(printCorners(world, PRINT, CAMERA)) ?? []
    expect([upperLeft, upperRight]).toEqual([
      [161, 153],
      [479, 153],
    ])
    expect([lowerRight, lowerLeft]).toEqual([
      [520, 390],
      [120, 390],
    ])
  })

  test('behind the camera there is none', () => {
    expect(printCorners(BEFORE_CAMERA.with(14, FOCAL_LENGTH), PRINT, CAMERA)).toBeNull()
    expect(printCorners(BEFORE_CAMERA.with(14, 0), PRINT, CAMERA)).toBeNull()
  })

  test('from behind, mirrored, there is none', () => {
    expect(printCorners(BEFORE_CAMERA.with(0, -1).with(12, 200), PRINT, CAMERA)).toBeNull()
  })

  test('numbers that are none give none', () => {
    expect(printCorners(BEFORE_CAMERA.with(0, Number.NaN), PRINT, CAMERA)).toBeNull()
    expect(printCorners([], PRINT, CAMERA)).toBeNull()
  })
})

describe('what a print can look like', () => {
  const [a, b, c, d] = [point(0, 0), point(10, 0), point(10, 10), point(0, 10)]

  test('any way up', () => {
    expect([isPrintLike([a, b, c, d]), isPrintLike([b, c, d, a]), isPrintLike([c, d, a, b])]).toEqual([
      true,
      true,
      true,
    ])
  })

  test('not mirrored, not crossed, not folded, not flat', () => {
    expect(isPrintLike([a, d, c, b])).toBe(false)
    expect(isPrintLike([a, c, b, d])).toBe(false)
    expect(isPrintLike([a, b, point(3, 3), d])).toBe(false)
    expect(isPrintLike([a, b, point(20, 0), point(5, 0)])).toBe(false)
  })
})

describe('the size that frames are looked at in', () => {
  test('480 px on the short side, in the camera’s aspect', () => {
    expect(trackedSize({ width: 1280, height: 720 })).toEqual({ width: 853, height: 480 })
    expect(trackedSize({ width: 1080, height: 1920 })).toEqual({ width: 480, height: 853 })
  })

  test('a small picture is not enlarged', () => {
    expect(trackedSize({ width: 640, height: 480 })).toEqual({ width: 640, height: 480 })
    expect(trackedSize({ width: 320, height: 240 })).toEqual({ width: 320, height: 240 })
  })

  test('what was found in it is taken back to the camera’s pixels', () => {
    expect(scaleCorners([point(1, 2), point(3, 4), point(5, 6), point(7, 8)], 1.5)).toEqual([
      point(1.5, 3),
      point(4.5, 6),
      point(7.5, 9),
      point(10.5, 12),
    ])
  })
})

describe('a picture that covers a box', () => {
  test('a wide picture in an upright box loses its sides', () => {
    expect(coverBox({ width: 640, height: 480 }, { width: 390, height: 840 })).toEqual({
      scale: 1.75,
      left: -365,
      top: 0,
    })
  })

  test('an upright picture in a wide box loses its top and bottom', () => {
    expect(coverBox({ width: 480, height: 640 }, { width: 960, height: 400 })).toEqual({
      scale: 2,
      left: 0,
      top: -440,
    })
  })

  test('whatever the sizes: nothing of the box is free, and no more is cut off than must be', () => {
    fc.assert(
      fc.property(size(), size(), (picture, box) => {
        const { scale, left, top } = coverBox(picture, box)
        const overX = picture.width * scale - box.width
        const overY = picture.height * scale - box.height
        expect(Math.min(overX, overY)).toBeCloseTo(0, 6)
        expect(left).toBeCloseTo(-overX / 2, 6)
        expect(top).toBeCloseTo(-overY / 2, 6)
      }),
    )
  })
})

function size() {
  return fc.record({ width: fc.integer({ min: 1, max: 4000 }), height: fc.integer({ min: 1, max: 4000 }) })
}

function point(x: number, y: number) {
  return { x, y }
}

function rounded(corners: readonly { x: number; y: number }[] | null) {
  return corners && corners.map(({ x, y }) => [Math.round(x), Math.round(y)])
}
