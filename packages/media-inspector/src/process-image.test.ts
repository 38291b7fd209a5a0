import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { processImage, type ImageOptions, type ProcessedImage } from './process-image.ts'

let folder: string
let outputDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-image-'))
  outputDir = await mkdtemp(join(folder, 'out-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function send(content: string | Buffer, options: Partial<ImageOptions> = {}) {
  const path = join(folder, 'sent.jpg')
  await writeFile(path, content)
  return processImage(path, { outputDir, ...options })
}

async function accept(content: Buffer): Promise<ProcessedImage> {
  const result = await send(content)
  if (result.kind === 'rejected') throw new Error(`${result.message} ${result.detail}`)
  return result
}

/** Left half red, right half blue. `alpha` adds a channel of that opacity. */
function halves(width: number, height: number, alpha?: number) {
  const end = alpha === undefined ? [] : [alpha]
  const left = Buffer.alloc((width / 2) * (3 + end.length), Buffer.from([255, 0, 0, ...end]))
  const right = Buffer.alloc(left.length, Buffer.from([0, 0, 255, ...end]))
  const rows = Array.from({ length: height }, () => [left, right]).flat()
  return sharp(Buffer.concat(rows), { raw: { width, height, channels: end.length === 0 ? 3 : 4 } })
}

async function colourAt(path: string, left: number, top: number): Promise<'red' | 'blue'> {
  const [red = 0, , blue = 0] = await sharp(path).extract({ left, top, width: 1, height: 1 }).raw().toBuffer()
  return red > blue ? 'red' : 'blue'
}

describe('a picture that is accepted', () => {
  test('is described as it was written', async () => {
    const { file, thumbnail } = await accept(await photoLike(1, { width: 900, height: 600 }))
    expect(file).toMatchObject({ mimeType: 'image/jpeg', extension: 'jpg', width: 900, height: 600 })
    expect(thumbnail).toMatchObject({ mimeType: 'image/webp', extension: 'webp', width: 400, height: 267 })
    for (const written of [file, thumbnail]) {
      const bytes = await readFile(written.path)
      expect(written.sizeBytes).toBe(bytes.length)
      expect(written.checksumSha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
    expect(await readdir(outputDir)).toHaveLength(2)
  })

  test('is turned upright, and keeps nothing of what a camera and a sender put in', async () => {
    const photo = await halves(600, 300)
      .withExif({ IFD0: { Artist: 'Jane Doe' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withIccProfile('p3')
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { file, thumbnail } = await accept(Buffer.concat([photo, Buffer.from('<script>appended</script>')]))
    expect(file).toMatchObject({ width: 300, height: 600 })
    expect(thumbnail).toMatchObject({ width: 200, height: 400 })
    expect(await colourAt(file.path, 150, 100)).toBe('red')
    expect(await colourAt(file.path, 150, 500)).toBe('blue')
    expect(await colourAt(thumbnail.path, 100, 60)).toBe('red')
    for (const written of [file, thumbnail]) {
      const { exif, icc, xmp, orientation, space } = await sharp(written.path).metadata()
      expect({ exif, icc, xmp, orientation, space }).toEqual({ space: 'srgb' })
      const bytes = await readFile(written.path, 'latin1')
      expect(bytes).not.toContain('Jane Doe')
      expect(bytes).not.toContain('appended')
    }
  })

  test.each([
    { sent: 'a JPEG', image: () => halves(200, 100).jpeg(), kept: 'image/jpeg' },
    { sent: 'a CMYK JPEG', image: () => halves(200, 100).toColourspace('cmyk').jpeg(), kept: 'image/jpeg' },
    { sent: 'a grey JPEG', image: () => halves(200, 100).greyscale().jpeg(), kept: 'image/jpeg' },
    { sent: 'a PNG', image: () => halves(200, 100).png(), kept: 'image/jpeg' },
    { sent: 'a 16-bit PNG', image: () => halves(200, 100).toColourspace('rgb16').png(), kept: 'image/jpeg' },
    { sent: 'a WebP', image: () => halves(200, 100).webp(), kept: 'image/jpeg' },
    { sent: 'an AVIF', image: () => halves(200, 100).avif(), kept: 'image/jpeg' },
    { sent: 'an opaque PNG with alpha', image: () => halves(200, 100, 255).png(), kept: 'image/jpeg' },
    { sent: 'a transparent PNG', image: () => halves(200, 100, 128).png(), kept: 'image/png' },
    { sent: 'a transparent WebP', image: () => halves(200, 100, 128).webp(), kept: 'image/webp' },
    { sent: 'a transparent AVIF', image: () => halves(200, 100, 128).avif(), kept: 'image/webp' },
  ])('$sent is kept as $kept', async ({ image, kept }) => {
    const sent = await image().toBuffer()
    const { file, thumbnail } = await accept(sent)
    expect(file).toMatchObject({ mimeType: kept, width: 200, height: 100 })
    expect(thumbnail).toMatchObject({ width: 200, height: 100 })
    const header = await sharp(file.path).metadata()
    expect(header).toMatchObject({ space: 'srgb', depth: 'uchar', hasAlpha: kept !== 'image/jpeg' })
  })
})

describe('a file that is rejected', () => {
  afterEach(async () => {
    expect(await readdir(outputDir)).toEqual([])
  })

  test('because it is empty', async () => {
    expect(await send('')).toEqual({ kind: 'rejected', reason: 'EMPTY', message: 'The file is empty.' })
  })

  test.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"/>'],
    ['a page', '<!doctype html><img src=x onerror=alert(1)>'],
  ])('because it is %s, though it is named .jpg', async (_name, content) => {
    expect(await send(content)).toEqual({
      kind: 'rejected',
      reason: 'UNSUPPORTED_TYPE',
      message: 'This is not a picture that can be used. JPEG, PNG, WebP and AVIF pictures are accepted.',
    })
  })

  test('because it is what iPhones keep, with a word on what to do', async () => {
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
    expect(await send(heic)).toMatchObject({
      reason: 'UNSUPPORTED_TYPE',
      message: 'HEIC pictures can not be used. Share the picture as JPEG and send it again.',
    })
  })

  test('because it is a video', async () => {
    expect(await send(await clip({ seconds: 0.2 }))).toEqual({
      kind: 'rejected',
      reason: 'UNSUPPORTED_TYPE',
      message: 'This is a video, not a picture. JPEG, PNG, WebP and AVIF pictures are accepted.',
    })
  })

  test('because it has 289 megapixels', async () => {
    const bomb = greyPng(17_000, 17_000)
    expect(bomb.length).toBeLessThan(100_000)
    expect(await send(bomb)).toEqual({
      kind: 'rejected',
      reason: 'TOO_MANY_PIXELS',
      message: 'The picture has 289 megapixels; at most 100 are possible.',
    })
  })

  test('because of what its header says, before anything is decoded', async () => {
    const onlyHeader = greyPng(17_000, 17_000).subarray(0, 60)
    expect(await send(onlyHeader)).toMatchObject({ reason: 'TOO_MANY_PIXELS' })
  })

  test('because it has one pixel more than allowed', async () => {
    const options = { maxPixels: 100 * 100 - 1 }
    expect(await send(greyPng(100, 100), options)).toMatchObject({ reason: 'TOO_MANY_PIXELS' })
  })

  test('because one side is too short', async () => {
    expect(await send(greyPng(1000, 63))).toEqual({
      kind: 'rejected',
      reason: 'TOO_SMALL',
      message: 'The picture is 1000 by 63 pixels; each side needs at least 64.',
    })
  })

  test.each(['jpeg', 'png', 'webp', 'avif'] as const)('because it breaks off (%s)', async (format) => {
    const whole = await sharp(await photoLike(2, { width: 400, height: 300 }))
      .toFormat(format)
      .toBuffer()
    for (const part of [0.2, 0.95]) {
      expect(await send(whole.subarray(0, Math.floor(whole.length * part)))).toMatchObject({
        reason: 'CORRUPT',
        message: 'The picture is damaged or incomplete. Please send it again.',
      })
    }
  })

  test('because it only begins like a picture', async () => {
    const header = (await halves(200, 100).jpeg().toBuffer()).subarray(0, 20)
    const content = Buffer.concat([header, Buffer.alloc(50_000, 'garbage')])
    expect(await send(content)).toMatchObject({ reason: 'CORRUPT' })
  })
})

test('a picture of exactly the allowed size is accepted', async () => {
  expect(await send(greyPng(100, 100), { maxPixels: 10_000 })).toMatchObject({ kind: 'image' })
})

test('a folder that can not be written to is not the fault of the picture', async () => {
  const picture = await halves(200, 100).jpeg().toBuffer()
  await expect(send(picture, { outputDir: join(folder, 'missing') })).rejects.toThrow(/No such file/)
})

/** A PNG of one bit per pixel: some thirty kilobytes hold any number of equal pixels. */
function greyPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')])
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const head = Buffer.alloc(4)
  const tail = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}
