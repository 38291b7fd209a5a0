import { coverBox } from './camera-geometry.ts'
import type { Corners, Matrix4, Size } from './camera-geometry.ts'

/**
 * Lays a plane over the print: the matrix that takes a plane of size 1×1 around its middle (y upwards) to WebGL's
 * clip space of a canvas that lies over the camera's picture, which covers the same box. Four corners say all there
 * is to say about a flat thing's perspective, so that what is smoothed is what is seen: pixels.
 *
 * From a square to any four corners: P. Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), 2.2.3.
 */
export function printProjection(corners: Corners, camera: Size, box: Size): Matrix4 {
  const [p0, p1, p2, p3] = corners
  const dx1 = p1.x - p2.x
  const dx2 = p3.x - p2.x
  const dx3 = p0.x - p1.x + p2.x - p3.x
  const dy1 = p1.y - p2.y
  const dy2 = p3.y - p2.y
  const dy3 = p0.y - p1.y + p2.y - p3.y
  const area = dx1 * dy2 - dx2 * dy1
  const g = (dx3 * dy2 - dx2 * dy3) / area
  const h = (dx1 * dy3 - dx3 * dy1) / area
  // Rows for (u, v, 1), u to the right and v downwards, in the camera's pixels.
  const x: Row = [p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x]
  const y: Row = [p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y]
  const w: Row = [g, h, 1]

  const { scale, left, top } = coverBox(camera, box)
  const clipX = combine(x, (2 * scale) / box.width, w, (2 * left) / box.width - 1)
  const clipY = combine(y, (-2 * scale) / box.height, w, 1 - (2 * top) / box.height)
  return columns(onPlane(clipX), onPlane(clipY), onPlane(w))
}

type Row = readonly [number, number, number]

function combine(a: Row, byA: number, b: Row, byB: number): Row {
  return [a[0] * byA + b[0] * byB, a[1] * byA + b[1] * byB, a[2] * byA + b[2] * byB]
}

/** The same row for the plane's own coordinates: u = x + ½, v = ½ − y. */
function onPlane([forU, forV, constant]: Row): Row {
  return [forU, -forV, constant + (forU + forV) / 2]
}

/** All in the middle of the depth range, where nothing is clipped. */
function columns(x: Row, y: Row, w: Row): Matrix4 {
  return [x[0], y[0], 0, w[0], x[1], y[1], 0, w[1], 0, 0, 0, 0, x[2], y[2], 0, w[2]]
}
