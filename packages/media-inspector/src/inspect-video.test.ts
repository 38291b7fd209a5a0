import { createHash, randomBytes } from 'node:crypto'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clip } from '@arv/testkit/clips'
import { photoLike } from '@arv/testkit/photos'
import { AudioSample, AudioSampleSource, BufferTarget, Mp4OutputFormat, Output, Quality } from 'mediabunny'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inspectVideo, type VideoOptions } from './inspect-video.ts'

let folder: string
let posterPath: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arv-video-'))
  posterPath = join(folder, 'poster.jpg')
})
afterEach(() => rm(folder, { recursive: true }))

async function send(content: string | Buffer, options: Partial<VideoOptions> = {}) {
  const path = join(folder, 'sent.mp4')
  await writeFile(path, content)
  return inspectVideo(path, { posterPath, ...options })
}

describe('a video that is accepted', () => {
  test('is described, and gets a poster', async () => {
    const content = await clip({ colour: '#c02010' })
    const video = await send(content)
    expect(video).toEqual({
      kind: 'video',
      container: 'mp4',
      mimeType: 'video/mp4',
      extension: 'mp4',
      sizeBytes: content.length,
      codec: 'h264',
      hasAudio: false,
      audioCodec: null,
      durationSeconds: 2,
      width: 320,
      height: 240,
      rotation: 0,
      frameRate: 30,
      poster: {
        path: posterPath,
        mimeType: 'image/jpeg',
        extension: 'jpg',
        sizeBytes: expect.any(Number),
        width: 320,
        height: 240,
        checksumSha256: createHash('sha256')
          .update(await readFile(posterPath))
          .digest('hex'),
      },
    })
    const { format, width, height } = await sharp(posterPath).metadata()
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 320, height: 240 })
    const { dominant } = await sharp(posterPath).stats()
    expect(dominant.r).toBeGreaterThan(dominant.g + 80)
    expect(dominant.r).toBeGreaterThan(dominant.b + 80)
  })

  test.each([
    { options: { codec: 'hevc' }, facts: { mimeType: 'video/mp4', codec: 'hevc' } },
    { options: { codec: 'av1' }, facts: { mimeType: 'video/mp4', codec: 'av1' } },
    { options: { container: 'webm', codec: 'vp8' }, facts: { mimeType: 'video/webm', codec: 'vp8' } },
    {
      options: { container: 'webm', audio: true },
      facts: { extension: 'webm', codec: 'vp9', hasAudio: true, audioCodec: 'opus' },
    },
    {
      options: { index: 'fragmented', audio: true },
      facts: { codec: 'h264', hasAudio: true, audioCodec: 'aac', width: 320, height: 240 },
    },
    { options: { framesPerSecond: 24, seconds: 0.5 }, facts: { frameRate: 24, durationSeconds: 0.5 } },
    { options: { framesPerSecond: 25, seconds: 0.04 }, facts: { durationSeconds: 0.04 } },
  ] as const)('may be $options', async ({ options, facts }) => {
    expect(await send(await clip(options))).toMatchObject({ kind: 'video', ...facts })
    expect((await sharp(posterPath).metadata()).width).toBe(320)
  })

  test('may come from a telephone held upright, with its index at the end', async () => {
    const content = await clip({ container: 'mov', rotation: 90, index: 'end', audio: true })
    expect(await send(content)).toMatchObject({
      container: 'mov',
      mimeType: 'video/quicktime',
      width: 240,
      height: 320,
      rotation: 90,
      poster: { width: 240, height: 320 },
    })
    const upright = await sharp(posterPath).raw().toBuffer()
    await send(await clip({ container: 'mov', rotation: 0 }))
    const turned = await sharp(posterPath).rotate(90).raw().toBuffer()
    const differences = upright.map((value, i) => Math.abs(value - (turned[i] ?? 0)))
    expect(differences.reduce((sum, value) => sum + value, 0) / upright.length).toBeLessThan(4)
  })

  test('has a poster no larger than asked for', async () => {
    const content = await clip({ width: 640, height: 360, seconds: 0.2 })
    expect(await send(content, { posterSize: 200 })).toMatchObject({ poster: { width: 200, height: 113 } })
  })
})

describe('a file that is rejected', () => {
  afterEach(async () => {
    await expect(access(posterPath)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('because it is empty', async () => {
    expect(await send('')).toEqual({ kind: 'rejected', reason: 'EMPTY', message: 'The file is empty.' })
  })

  test('because it is a photo', async () => {
    expect(await send(await photoLike(1, { width: 200, height: 200 }))).toEqual({
      kind: 'rejected',
      reason: 'UNSUPPORTED_TYPE',
      message: 'This is a picture, not a video. MP4, MOV and WebM videos are accepted.',
    })
  })

  test.each([
    ['garbage', randomBytes(50_000)],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a playlist, which could name any address', '#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/latest\n'],
  ])('because it is %s', async (_name, content) => {
    expect(await send(content)).toEqual({
      kind: 'rejected',
      reason: 'UNSUPPORTED_TYPE',
      message: 'This is not a video that can be used. MP4, MOV and WebM videos are accepted.',
    })
  })

  test('because it is garbage that begins like a video', async () => {
    const start = (await clip({ seconds: 0.2 })).subarray(0, 32)
    expect(await send(Buffer.concat([start, randomBytes(50_000)]))).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/^[A-Z][^/]*\.$/),
    })
  })

  test('because its pictures are garbage behind a sound index', async () => {
    const content = await clip()
    const media = content.indexOf('mdat') + 4
    randomBytes(content.length - media).copy(content, media)
    expect(await send(content)).toMatchObject({
      reason: 'CORRUPT',
      message: 'The video is damaged and can not be played. Please send it again.',
    })
  })

  test.each([{ index: 'start' }, { index: 'end' }, { container: 'webm' }] as const)(
    'because it breaks off (%o)',
    async (options) => {
      const content = await clip(options)
      expect(await send(content.subarray(0, Math.floor(content.length * 0.7)))).toEqual({
        kind: 'rejected',
        reason: 'CORRUPT',
        message: 'The video is incomplete: its end is missing. Please send it again.',
      })
    },
  )

  test('because the index names more than there is', async () => {
    const content = await clip()
    const media = content.indexOf('mdat') - 4
    const part = Buffer.from(content.subarray(0, media + (content.length - media) / 2))
    part.writeUInt32BE(part.length - media, media)
    expect(await send(part)).toMatchObject({ message: expect.stringContaining('its end is missing') })
  })

  test('because browsers can not play its codec', async () => {
    const content = await clip({ seconds: 0.2 })
    content.write('mp4v', content.lastIndexOf('avc1'))
    expect(await send(content)).toMatchObject({
      reason: 'UNSUPPORTED_CODEC',
      message: 'Browsers can not play this kind of video. Save it as H.264 (MP4) or VP9 (WebM).',
    })
  })

  test('because it is sound only', async () => {
    expect(await send(await soundOnly())).toEqual({
      kind: 'rejected',
      reason: 'UNSUPPORTED_TYPE',
      message: 'There is no picture in this video.',
    })
  })

  test('because it is too long', async () => {
    expect(await send(await clip({ seconds: 2 }), { limits: { maxDurationSeconds: 1 } })).toEqual({
      kind: 'rejected',
      reason: 'TOO_LONG',
      message: 'The video is 2 seconds long; at most 1 are possible.',
    })
  })

  test('because its frames are too large', async () => {
    const content = await clip({ width: 640, height: 360, seconds: 0.2 })
    expect(await send(content, { limits: { maxPixels: 200_000 } })).toEqual({
      kind: 'rejected',
      reason: 'TOO_MANY_PIXELS',
      message: 'The video is 640 by 360 pixels large; at most 0.2 megapixels are possible.',
    })
  })
})

test('a poster that can not be written is not the fault of the video', async () => {
  const content = await clip({ seconds: 0.2 })
  await expect(send(content, { posterPath: join(folder, 'missing', 'poster') })).rejects.toThrow(
    /No such file/,
  )
})

async function soundOnly(): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat(), target })
  const source = new AudioSampleSource({ codec: 'aac', quality: new Quality('low') })
  output.addAudioTrack(source)
  await output.start()
  using silence = new AudioSample({
    data: new Float32Array(4800),
    format: 'f32',
    numberOfChannels: 1,
    sampleRate: 48_000,
    timestamp: 0,
  })
  await source.add(silence)
  await output.finalize()
  return Buffer.from(target.buffer ?? new ArrayBuffer())
}
