import { flatImage, photoLike } from '@arv/testkit/photos'
import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { perceptualHash } from './perceptual-hash.ts'

let photos: Buffer[]
let hashes: (string | null)[]

beforeAll(async () => {
  photos = await Promise.all(
    Array.from({ length: 12 }, (_, seed) => photoLike(seed, { width: 800, height: 600 })),
  )
  hashes = await Promise.all(photos.map((photo) => perceptualHash(sharp(photo))))
})

function distance(one: string | null, other: string | null): number {
  if (one === null || other === null) throw new Error('there is nothing to compare')
  return Array.from(one).filter((bit, place) => bit !== other[place]).length
}

describe('the hash of a copy', () => {
  test.each([
    ['encoded anew', (photo) => photo.jpeg({ quality: 30 })],
    ['in another format', (photo) => photo.webp({ quality: 50 })],
    ['made small', (photo) => photo.resize(120)],
    ['made brighter', (photo) => photo.modulate({ brightness: 1.15 })],
    ['made darker', (photo) => photo.modulate({ brightness: 0.8 })],
    ['without colours', (photo) => photo.greyscale()],
    [
      'cut by a hundredth on each side',
      (photo) => photo.extract({ left: 8, top: 6, width: 784, height: 588 }),
    ],
  ] satisfies [string, (photo: Sharp) => Sharp][])(
    '%s differs in 8 bits of 64 at most',
    async (_how, change) => {
      const distances = await Promise.all(
        photos.map(async (photo, index) => {
          const copy = await change(sharp(photo)).toBuffer()
          return distance(hashes[index] ?? null, await perceptualHash(sharp(copy)))
        }),
      )
      expect(Math.max(...distances)).toBeLessThanOrEqual(8)
    },
  )
})

test('the hashes of different pictures differ in 16 bits at least', () => {
  const distances = hashes.flatMap((hash, index) =>
    hashes.slice(index + 1).map((other) => distance(hash, other)),
  )
  expect(distances).toHaveLength(66)
  expect(Math.min(...distances)).toBeGreaterThanOrEqual(16)
})

test('a picture that is turned or mirrored is another one', async () => {
  const [photo, hash = null] = [sharp(photos[0]), hashes[0]]
  expect(distance(hash, await perceptualHash(photo.clone().rotate(90)))).toBeGreaterThan(16)
  expect(distance(hash, await perceptualHash(photo.clone().flop()))).toBeGreaterThan(16)
})

test('a picture of one colour has none', async () => {
  expect(await perceptualHash(sharp(await flatImage()))).toBeNull()
})
