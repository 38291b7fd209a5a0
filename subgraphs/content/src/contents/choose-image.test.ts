import { describe, expect, test } from 'vitest'
import type { Marker } from '../markers/marker.ts'
import { chooseImage } from './choose-image.ts'

const WORKING: Marker = {
  status: 'COMPLETED',
  generation: 3,
  attempts: 2,
  fileId: 70,
  rating: 4.5,
  featureCount: 300,
  generatedAt: new Date('2026-01-01'),
  errorCode: null,
  errorMessage: null,
}
const FAILED = { status: 'FAILED', errorCode: 'TOO_SMALL', errorMessage: 'Too small.' } as const
const REQUESTED = { ...WORKING, status: 'PENDING', generation: 4, attempts: 0 } as const

describe('another image', () => {
  test('waits beside the one whose marker works', () => {
    expect(chooseImage({ imageId: 1, nextImageId: null, marker: WORKING }, 2)).toEqual({
      imageId: 1,
      nextImageId: 2,
      marker: REQUESTED,
    })
  })

  test('takes the place of one that waits, or whose marker failed', () => {
    for (const marker of [REQUESTED, { ...REQUESTED, ...FAILED }]) {
      expect(chooseImage({ imageId: 1, nextImageId: 2, marker }, 3)).toEqual({
        imageId: 1,
        nextImageId: 3,
        marker: { ...REQUESTED, generation: 5 },
      })
    }
  })

  test('is there at once when no marker works yet', () => {
    const marker = { ...WORKING, ...FAILED, fileId: null, generatedAt: null, rating: 0.4 }
    expect(chooseImage({ imageId: 1, nextImageId: null, marker }, 2)).toEqual({
      imageId: 2,
      nextImageId: null,
      marker: { ...REQUESTED, fileId: null, generatedAt: null, rating: null, featureCount: null },
    })
  })
})

test('who goes back to the image that is shown has it at once, and late reports count no more', () => {
  for (const marker of [REQUESTED, { ...REQUESTED, ...FAILED }]) {
    expect(chooseImage({ imageId: 1, nextImageId: 2, marker }, 1)).toEqual({
      imageId: 1,
      nextImageId: null,
      marker: { ...WORKING, generation: 5, attempts: 0 },
    })
  }
})

test('the image that is chosen already changes nothing', () => {
  expect(chooseImage({ imageId: 1, nextImageId: null, marker: WORKING }, 1)).toBeNull()
  expect(chooseImage({ imageId: 1, nextImageId: 2, marker: REQUESTED }, 2)).toBeNull()
})
