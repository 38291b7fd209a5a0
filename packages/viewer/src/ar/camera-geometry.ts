export interface Size {
  readonly width: number
  readonly height: number
}

/** Pixels from the upper left, y downwards. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The print's corners as it would be read: upper left, upper right, lower right, lower left. */
export type Corners = readonly [Point, Point, Point, Point]

/** 4×4, column by column, as WebGL takes it. */
export type Matrix4 = readonly number[]

/** MindAR takes every camera for one that sees 45° from top to bottom. */
const HALF_FIELD_OF_VIEW = Math.PI / 8

/**
 * The size that frames are looked at in. What MindAR needs is 480 px on the short side: it searches squares of
 * 256 px then, which hold a print that fills the picture as well as one at arm's length. More pixels cost time and
 * find nothing more; fewer halve the square.
 */
export function trackedSize(camera: Size): Size {
  const scale = Math.min(1, 480 / Math.min(camera.width, camera.height))
  return { width: Math.round(camera.width * scale), height: Math.round(camera.height * scale) }
}

/**
 * Where the print's corners are in the camera's picture.
 * @param world From the print (its units; origin at its lower left, y upwards) to before the camera, which looks
 *   along −z.
 * @returns null when a corner is behind the camera or the corners don't go round as a print's do: it is not a sight
 *   of the print, whatever the numbers say.
 */
export function printCorners(world: Matrix4, print: Size, camera: Size): Corners | null {
  const { width, height } = print
  const upperLeft = project(world, 0, height, camera)
  const upperRight = project(world, width, height, camera)
  const lowerRight = project(world, width, 0, camera)
  const lowerLeft = project(world, 0, 0, camera)
  if (upperLeft === null || upperRight === null || lowerRight === null || lowerLeft === null) return null
  const corners: Corners = [upperLeft, upperRight, lowerRight, lowerLeft]
  return isPrintLike(corners) ? corners : null
}

function project(world: Matrix4, x: number, y: number, camera: Size): Point | null {
  const row = (index: number): number =>
    (world[index] ?? 0) * x + (world[index + 4] ?? 0) * y + (world[index + 12] ?? 0)
  const depth = -row(2)
  if (!(depth > 0)) return null
  const focalLength = camera.height / 2 / Math.tan(HALF_FIELD_OF_VIEW)
  return {
    x: camera.width / 2 + (focalLength * row(0)) / depth,
    y: camera.height / 2 - (focalLength * row(1)) / depth,
  }
}

/** Whether a print that is seen from the front can look like this: each corner turns right. */
export function isPrintLike(corners: Corners): boolean {
  return corners.every((corner, index) => {
    const next = corners[(index + 1) % 4] ?? corner
    const afterNext = corners[(index + 2) % 4] ?? corner
    const turn = (next.x - corner.x) * (afterNext.y - next.y) - (next.y - corner.y) * (afterNext.x - next.x)
    return turn > 0
  })
}

export function scaleCorners([a, b, c, d]: Corners, factor: number): Corners {
  const scale = ({ x, y }: Point): Point => ({ x: x * factor, y: y * factor })
  return [scale(a), scale(b), scale(c), scale(d)]
}

/**
 * Where a pixel of a picture is in a box that it covers (CSS `object-fit: cover`): scaled until nothing of the box is
 * free, what is too much cut off evenly on both sides.
 */
export function coverBox(picture: Size, box: Size): { scale: number; left: number; top: number } {
  const scale = Math.max(box.width / picture.width, box.height / picture.height)
  return {
    scale,
    left: (box.width - picture.width * scale) / 2,
    top: (box.height - picture.height * scale) / 2,
  }
}
