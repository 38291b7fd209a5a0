import { registerMediabunnyServer } from '@mediabunny/server'
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny'

export type ClipOptions = {
  readonly seconds?: number
  /** Even numbers of pixels, before `rotation`. */
  readonly width?: number
  readonly height?: number
  /** Background as `#rrggbb`; blocks of other colours move over it. */
  readonly colour?: string
  /** Clips of different seeds differ in what moves where. */
  readonly seed?: number
  /** In place of the blocks: a picture that tells where each part of it is seen. */
  readonly card?: Card
  readonly framesPerSecond?: number
  readonly container?: 'mp4' | 'mov' | 'webm'
  readonly codec?: 'avc' | 'hevc' | 'vp8' | 'vp9' | 'av1'
  /** How far a player turns the picture clockwise, as phones write it. */
  readonly rotation?: 0 | 90 | 180 | 270
  /** Adds a tone. */
  readonly audio?: boolean
  /** Where the index is: at the start, after the media as cameras write it, or spread over fragments. */
  readonly index?: 'start' | 'end' | 'fragmented'
}

/** A test card: a colour as `#rrggbb` for each quarter, and a square in the middle, half as high as the picture. */
export type Card = {
  /** Clockwise from the upper left. */
  readonly quarters: readonly [string, string, string, string]
  readonly middle: string
}

type Block = { x: number; y: number; size: number; dx: number; dy: number; colour: readonly number[] }

let registered = false

/** A small real video, encoded on the spot. By default two seconds of H.264 in an MP4, 320 by 240. */
export async function clip(options: ClipOptions = {}): Promise<Buffer> {
  if (!registered) registerMediabunnyServer({ hardwareContext: null })
  registered = true
  const { seconds = 2, width = 320, height = 240, framesPerSecond = 30, container = 'mp4' } = options
  const target = new BufferTarget()
  const output = new Output({ format: formatOf(options), target })
  const video = new VideoSampleSource({
    codec: options.codec ?? (container === 'webm' ? 'vp9' : 'avc'),
    quality: new Quality('medium'),
    hardwareAcceleration: 'prefer-software',
  })
  output.addVideoTrack(video, { frameRate: framesPerSecond, rotation: options.rotation ?? 0 })
  const audio = new AudioSampleSource({
    codec: container === 'webm' ? 'opus' : 'aac',
    quality: new Quality('low'),
  })
  if (options.audio === true) output.addAudioTrack(audio)
  await output.start()

  if (options.audio === true) {
    using sample = tone(seconds)
    await audio.add(sample)
  }
  const draw = options.card ? cardPainter(width, height, options.card) : painter(width, height, options)
  for (let frame = 0; frame < seconds * framesPerSecond; frame += 1) {
    using sample = new VideoSample(draw(frame), {
      format: 'RGBA',
      codedWidth: width,
      codedHeight: height,
      timestamp: frame / framesPerSecond,
      duration: 1 / framesPerSecond,
    })
    await video.add(sample)
  }
  await output.finalize()
  if (target.buffer === null) throw new Error('The clip was not finished.')
  return Buffer.from(target.buffer)
}

function formatOf({ container = 'mp4', index = 'start' }: ClipOptions) {
  if (container === 'webm') return new WebMOutputFormat()
  const fastStart = { start: 'in-memory', end: false, fragmented: 'fragmented' } as const
  const options = { fastStart: fastStart[index] }
  return container === 'mov' ? new MovOutputFormat(options) : new Mp4OutputFormat(options)
}

function painter(width: number, height: number, { colour = '#305090', seed = 1 }: ClipOptions) {
  const random = randomOf(seed)
  const blocks: Block[] = Array.from({ length: 12 }, () => ({
    x: random() * width,
    y: random() * height,
    size: (0.05 + random() * 0.15) * Math.min(width, height),
    dx: (random() - 0.5) * 6,
    dy: (random() - 0.5) * 6,
    colour: [random() * 255, random() * 255, random() * 255, 255],
  }))
  const background = Buffer.alloc(width * height * 4, pixelOf(colour))
  return (frame: number): Buffer => {
    const picture = Buffer.from(background)
    for (const block of blocks) {
      const size = Math.round(block.size)
      const left = wrap(block.x + block.dx * frame, width - size)
      const top = wrap(block.y + block.dy * frame, height - size)
      for (let row = top; row < top + size; row += 1) {
        picture.fill(Buffer.from(block.colour), (row * width + left) * 4, (row * width + left + size) * 4)
      }
    }
    return picture
  }
}

function cardPainter(width: number, height: number, { quarters, middle }: Card) {
  const [upperLeft, upperRight, lowerRight, lowerLeft] = quarters.map(pixelOf)
  const square = pixelOf(middle)
  const picture = Buffer.alloc(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isLeft = x < width / 2
      const quarter = y < height / 2 ? (isLeft ? upperLeft : upperRight) : isLeft ? lowerLeft : lowerRight
      const isMiddle = Math.max(Math.abs(x - width / 2), Math.abs(y - height / 2)) < height / 4
      const pixel = isMiddle ? square : quarter
      pixel?.copy(picture, (y * width + x) * 4)
    }
  }
  return (): Buffer => Buffer.from(picture)
}

/** @param colour - `#rrggbb` */
function pixelOf(colour: string): Buffer {
  return Buffer.from(`${colour.slice(1)}ff`, 'hex')
}

function wrap(position: number, length: number): number {
  return Math.floor(((position % length) + length) % length)
}

function tone(seconds: number): AudioSample {
  const sampleRate = 48_000
  const data = new Float32Array(Math.round(seconds * sampleRate))
  for (let i = 0; i < data.length; i += 1) data[i] = 0.2 * Math.sin((i / sampleRate) * 440 * 2 * Math.PI)
  return new AudioSample({ data, format: 'f32', numberOfChannels: 1, sampleRate, timestamp: 0 })
}

/** A linear congruential generator (Numerical Recipes): the same seed draws the same clip on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
