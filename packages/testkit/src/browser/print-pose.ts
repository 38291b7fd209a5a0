import type { FilmSize } from './camera-film.ts'
import type { Point, Quad } from './homography.ts'

/** How a print is held before the camera. */
export interface PrintPose {
  /** Width through height. */
  readonly aspect: number
  /** Pixels that it would be wide if it faced the camera. */
  readonly width: number
  /** Where its middle is seen, in pixels. */
  readonly middle: Point
  /** Degrees: `x` takes its upper edge away, `y` its right one, `z` turns it clockwise. */
  readonly turn?: { readonly x?: number; readonly y?: number; readonly z?: number }
}

/** Of the cameras that MindAR expects: degrees from the upper to the lower edge. */
const FIELD_OF_VIEW = 45
const CORNERS = [
  [-0.5, -0.5],
  [0.5, -0.5],
  [0.5, 0.5],
  [-0.5, 0.5],
] as const

/** Where a camera without distortion sees the corners of a print. */
export function cornersSeen({ aspect, width, middle, turn = {} }: PrintPose, film: FilmSize): Quad {
  const focus = film.height / 2 / Math.tan(radians(FIELD_OF_VIEW / 2))
  const [a, b, c, d] = CORNERS.map(([right, down]) => {
    const flat = turned({ x: right * width, y: (down * width) / aspect }, turn.z ?? 0)
    const upper = turned({ x: 0, y: flat.y }, turn.x ?? 0)
    const side = turned({ x: flat.x, y: upper.x }, turn.y ?? 0)
    const depth = focus + side.y
    return {
      x: film.width / 2 + (focus * (middle.x - film.width / 2 + side.x)) / depth,
      y: film.height / 2 + (focus * (middle.y - film.height / 2 + upper.y)) / depth,
    }
  })
  if (!a || !b || !c || !d) throw new Error('a print has four corners')
  return [a, b, c, d]
}

function turned({ x, y }: Point, degrees: number): Point {
  const [sine, cosine] = [Math.sin(radians(degrees)), Math.cos(radians(degrees))]
  return { x: x * cosine - y * sine, y: x * sine + y * cosine }
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
