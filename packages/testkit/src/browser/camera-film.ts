import sharp from 'sharp'
import { homographyTo, inverseOf, project, type Quad } from './homography.ts'

export interface FilmSize {
  readonly width: number
  readonly height: number
}

/** A while of the film, in which a print, or only the wall, is seen. */
export interface Shot {
  readonly seconds: number
  /** A JPEG, and where its corners are in the camera's picture. */
  readonly print?: { readonly photo: Buffer; readonly corners: Quad }
}

export interface Film {
  readonly size: FilmSize
  /** JPEG frames one after another, which Chromium shows at 30 a second, and again from the start at the end. */
  readonly mjpeg: Buffer
}

/** As of a phone held upright. */
export const UPRIGHT: FilmSize = { width: 480, height: 640 }
/** The wall that prints hang on. */
export const WALL = [150, 146, 138] as const

const FRAMES_PER_SECOND = 30
/** The hand that holds the phone trembles by this many pixels, and after this many frames the same way again. */
const TREMOR_PX = 0.8
const TREMOR_FRAMES = 12
const QUALITY = 88
const EMPTY = Buffer.alloc(0)

/** What a phone's camera sees. @example makeFilm([{ seconds: 4, print: { photo, corners } }, { seconds: 3 }]) */
export async function makeFilm(shots: readonly Shot[], size: FilmSize = UPRIGHT): Promise<Film> {
  const frames: Buffer[] = []
  for (const { seconds, print } of shots) {
    const count = Math.round(seconds * FRAMES_PER_SECOND)
    const cycle = await framesOf(print, size)
    frames.push(...Array.from({ length: count }, (_, index) => cycle[index % cycle.length] ?? EMPTY))
  }
  return { size, mjpeg: Buffer.concat(frames) }
}

/** One after another, and again from the start. */
async function framesOf(print: Shot['print'], size: FilmSize): Promise<Buffer[]> {
  if (!print) return [await encode(wall(size), size)]
  const photo = await readPhoto(print.photo, print.corners)
  return Promise.all(
    Array.from({ length: TREMOR_FRAMES }, (_, step) => {
      const pixels = wall(size)
      drawPrint(pixels, size, photo, trembling(print.corners, step))
      return encode(pixels, size)
    }),
  )
}

function wall({ width, height }: FilmSize): Buffer {
  return Buffer.alloc(width * height * 3, Buffer.from(WALL))
}

function encode(pixels: Buffer, { width, height }: FilmSize): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer()
}

function trembling(corners: Quad, step: number): Quad {
  const turn = (2 * Math.PI * step) / TREMOR_FRAMES
  const dx = TREMOR_PX * Math.sin(turn)
  const dy = TREMOR_PX * Math.cos(2 * turn)
  const [a, b, c, d] = corners.map(({ x, y }) => ({ x: x + dx, y: y + dy }))
  if (!a || !b || !c || !d) throw new Error('a print has four corners')
  return [a, b, c, d]
}

interface Photo extends FilmSize {
  readonly pixels: Buffer
}

/** Not much larger than it is seen: a lens blurs what is finer, and reading single pixels of it would flicker. */
async function readPhoto(photo: Buffer, corners: Quad): Promise<Photo> {
  const [a, b, c, d] = corners
  const longest = (first: Quad[number], second: Quad[number]) =>
    Math.hypot(first.x - second.x, first.y - second.y)
  const { data, info } = await sharp(photo)
    .resize({
      width: Math.ceil(Math.max(longest(a, b), longest(c, d))),
      height: Math.ceil(Math.max(longest(b, c), longest(d, a))),
      fit: 'fill',
    })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height }
}

/** For each pixel of the picture: where on the print it is, and what is there between four pixels of the photo. */
function drawPrint(pixels: Buffer, size: FilmSize, photo: Photo, corners: Quad): void {
  const toPrint = inverseOf(homographyTo(corners))
  const xs = corners.map(({ x }) => x)
  const ys = corners.map(({ y }) => y)
  const bottom = Math.min(size.height, Math.ceil(Math.max(...ys)))
  const right = Math.min(size.width, Math.ceil(Math.max(...xs)))
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < bottom; y += 1) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < right; x += 1) {
      const { x: u, y: v } = project(toPrint, { x: x + 0.5, y: y + 0.5 })
      if (u < 0 || u >= 1 || v < 0 || v >= 1) continue
      drawPixel(pixels, (y * size.width + x) * 3, photo, u * photo.width - 0.5, v * photo.height - 0.5)
    }
  }
}

function drawPixel(pixels: Buffer, at: number, photo: Photo, x: number, y: number): void {
  const left = Math.max(0, Math.floor(x))
  const top = Math.max(0, Math.floor(y))
  const right = Math.min(left + 1, photo.width - 1)
  const below = Math.min(top + 1, photo.height - 1)
  const ratioX = Math.max(0, x - left)
  const ratioY = Math.max(0, y - top)
  for (let channel = 0; channel < 3; channel += 1) {
    const read = (column: number, row: number) =>
      photo.pixels[(row * photo.width + column) * 3 + channel] ?? 0
    const upper = read(left, top) * (1 - ratioX) + read(right, top) * ratioX
    const lower = read(left, below) * (1 - ratioX) + read(right, below) * ratioX
    pixels[at + channel] = Math.round(upper * (1 - ratioY) + lower * ratioY)
  }
}
