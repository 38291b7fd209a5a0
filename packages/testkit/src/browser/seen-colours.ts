import sharp from 'sharp'
import { homographyTo, type Point, project, type Quad } from './homography.ts'
import type { FilmSize } from './camera-film.ts'

export type Colour = readonly [red: number, green: number, blue: number]

/** Where the camera's picture is on the page, in its pixels: all of `box` is covered, and what is over is cut off. */
export interface CameraBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where the print is on the page, as `object-fit: cover` lays it out. */
export function printOnPage(corners: Quad, film: FilmSize, box: CameraBox): Quad {
  const scale = Math.max(box.width / film.width, box.height / film.height)
  const left = box.x + (box.width - film.width * scale) / 2
  const top = box.y + (box.height - film.height * scale) / 2
  const place = ({ x, y }: Point): Point => ({ x: left + x * scale, y: top + y * scale })
  const [a, b, c, d] = corners
  return [place(a), place(b), place(c), place(d)]
}

/**
 * The mean colours that a screenshot shows around points of a print.
 *
 * @param points - in the print's own coordinates: (0, 0) is its upper left corner, (1, 1) its lower right; beyond is
 *   beside it
 * @param pixelRatio - pixels of the screenshot for one of the page
 */
export async function coloursOnPrint(
  screenshot: Buffer,
  print: Quad,
  points: readonly Point[],
  pixelRatio = 1,
): Promise<Colour[]> {
  const map = homographyTo(print)
  const places = points.map((point) => project(map, point))
  return coloursAt(
    screenshot,
    places.map(({ x, y }) => ({ x: x * pixelRatio, y: y * pixelRatio })),
  )
}

/** Pixels on each side of one whose mean is taken: more than the codec's blocks smear, less than what is drawn. */
const RADIUS = 3

/** The mean colours around points of a picture, in its pixels. @throws Error for a point that is not in it */
export async function coloursAt(picture: Buffer, points: readonly Point[]): Promise<Colour[]> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return points.map(({ x, y }) => {
    const left = Math.round(x) - RADIUS
    const top = Math.round(y) - RADIUS
    const side = 2 * RADIUS + 1
    if (left < 0 || top < 0 || left + side > info.width || top + side > info.height) {
      throw new Error(`(${x}, ${y}) is not in a picture of ${info.width} × ${info.height}`)
    }
    const sums: [number, number, number] = [0, 0, 0]
    for (let row = top; row < top + side; row += 1) {
      for (let column = left; column < left + side; column += 1) {
        const at = (row * info.width + column) * 3
        sums[0] += data[at] ?? 0
        sums[1] += data[at + 1] ?? 0
        sums[2] += data[at + 2] ?? 0
      }
    }
    const pixels = side * side
    return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels]
  })
}

/** How far two colours are apart: 0 for the same, 441 for black and white. */
export function colourDistance(one: Colour, other: Colour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}
