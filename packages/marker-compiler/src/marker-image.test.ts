import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { planMarkerSize, readMarkerImage } from './marker-image.ts'

describe('the size at which an image is compiled', () => {
  test.each([
    { original: [4000, 3000], compiled: [640, 480], because: 'its long side becomes 640' },
    { original: [3000, 4000], compiled: [480, 640], because: 'upright ones too' },
    { original: [1000, 1000], compiled: [640, 640], because: 'square ones too' },
    { original: [256, 256], compiled: [640, 640], because: 'small ones are enlarged' },
    { original: [1600, 640], compiled: [640, 256], because: 'at 2.5 : 1 both limits are met' },
    { original: [2000, 700], compiled: [731, 256], because: 'the short side is never under 256' },
    { original: [700, 2000], compiled: [256, 731], because: 'nor in an upright one' },
    { original: [900, 300], compiled: [768, 256], because: 'three times as long as wide is the most' },
  ])('of $original pixels is $compiled: $because', ({ original: [width = 0, height = 0], compiled }) => {
    expect(planMarkerSize({ width, height })).toEqual({
      kind: 'planned',
      size: { width: compiled[0], height: compiled[1] },
    })
  })

  test('is none when the long side is under 256 pixels', () => {
    expect(planMarkerSize({ width: 255, height: 200 })).toEqual({
      kind: 'rejected',
      code: 'TOO_SMALL',
      message:
        'The image is 255 × 200 pixels, too small to be recognised. Use one whose longer side is at least 256 pixels; 640 or more is best.',
    })
  })

  test.each([
    [901, 300],
    [300, 901],
  ])('is none when %i × %i pixels is more than three times as long as wide', (width, height) => {
    expect(planMarkerSize({ width, height })).toEqual({
      kind: 'rejected',
      code: 'EXTREME_ASPECT_RATIO',
      message: `The image is ${width} × ${height} pixels, too long and narrow to be recognised. Crop it so that its longer side is at most three times its shorter side.`,
    })
  })
})

describe('the pixels that are compiled', () => {
  test('are four bytes each, at the planned size', async () => {
    const bytes = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#204060' } })
      .png()
      .toBuffer()
    const reading = await readMarkerImage({ bytes })
    if (reading.kind === 'rejected') throw new Error(reading.message)

    expect(reading.image).toMatchObject({ width: 640, height: 480 })
    expect(reading.image.rgba).toHaveLength(640 * 480 * 4)
    expect([...reading.image.rgba.subarray(0, 4)]).toEqual([0x20, 0x40, 0x60, 255])
  })

  test('are turned as the camera says that the photo was taken', async () => {
    const bytes = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#204060' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    expect(await readMarkerImage({ bytes })).toMatchObject({
      kind: 'read',
      image: { width: 480, height: 640 },
    })
  })

  test('are white where the image is transparent', async () => {
    const bytes = await sharp({
      create: { width: 640, height: 640, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer()
    const reading = await readMarkerImage({ bytes })
    if (reading.kind === 'rejected') throw new Error(reading.message)
    expect([...reading.image.rgba.subarray(0, 4)]).toEqual([255, 255, 255, 255])
  })

  test('are colours also when the image is grey with 16 bits a pixel', async () => {
    const bytes = await sharp({ create: { width: 640, height: 640, channels: 3, background: '#808080' } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    const reading = await readMarkerImage({ bytes })
    if (reading.kind === 'rejected') throw new Error(reading.message)
    expect(reading.image.rgba).toHaveLength(640 * 640 * 4)
    expect([...reading.image.rgba.subarray(0, 4)]).toEqual([128, 128, 128, 255])
  })

  test('are none when the file breaks off', async () => {
    const whole = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#204060' } })
      .jpeg()
      .toBuffer()
    await expect(readMarkerImage({ bytes: whole.subarray(0, whole.length / 2) })).rejects.toThrow(
      /premature end/i,
    )
  })
})
