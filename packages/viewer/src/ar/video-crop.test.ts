import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cropToPrint } from './video-crop.ts'

describe('a video that is cut to the print', () => {
  test('of the print’s aspect it is shown whole', () => {
    expect(cropToPrint({ width: 1920, height: 1080 }, { width: 640, height: 360 })).toEqual({
      repeat: { x: 1, y: 1 },
      offset: { x: 0, y: 0 },
    })
  })

  test('a wide one on a square print loses its sides', () => {
    expect(cropToPrint({ width: 400, height: 200 }, { width: 640, height: 640 })).toEqual({
      repeat: { x: 0.5, y: 1 },
      offset: { x: 0.25, y: 0 },
    })
  })

  test('an upright one on a wide print loses its top and bottom', () => {
    expect(cropToPrint({ width: 200, height: 400 }, { width: 640, height: 320 })).toEqual({
      repeat: { x: 1, y: 0.25 },
      offset: { x: 0, y: 0.375 },
    })
  })

  test('whatever the sizes: what is left has the print’s aspect, lies in the middle, and is as large as can be', () => {
    const size = fc.record({
      width: fc.integer({ min: 1, max: 4000 }),
      height: fc.integer({ min: 1, max: 4000 }),
    })
    fc.assert(
      fc.property(size, size, (video, print) => {
        const { repeat, offset } = cropToPrint(video, print)
        const aspect = (video.width * repeat.x) / (video.height * repeat.y)
        expect(aspect / (print.width / print.height)).toBeCloseTo(1, 9)
        expect(Math.max(repeat.x, repeat.y)).toBeCloseTo(1, 9)
        expect([offset.x * 2 + repeat.x, offset.y * 2 + repeat.y]).toEqual([
          expect.closeTo(1, 9),
          expect.closeTo(1, 9),
        ])
      }),
    )
  })
})
