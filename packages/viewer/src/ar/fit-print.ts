import type { Corners, Point, Size } from './camera-geometry.ts'

/** A point of the print, and where it was found in the picture. */
export interface TrackedPoint {
  /** In the print's units, from its upper left. */
  readonly onPrint: Point
  /** Px. */
  readonly seen: Point
}

/** How much a corner of the pose counts beside one tracked point. */
const WEIGHT_OF_POSE = 0.03
/** What is further off than this, px, was mistaken for something else. */
const OUTLIER_PX = 6
const ROUNDS = 4

/**
 * Corrects the corners that follow from MindAR's pose by the points that it tracked.
 *
 * MindAR takes every camera for one that sees 45° from top to bottom; phones see more, upright half as much again, so
 * that a print that is tilted is seen steeper than the pose of any such camera can say, and the video would miss its
 * edges by up to a twentieth of its size. Whatever the lens, a flat print is seen through a homography. The one that
 * fits the points best is found by weighted least squares, each time with less weight for what fits badly (Tukey's
 * biweight). The pose counts as a few weak points more: where few are tracked, or all on one side, it decides.
 */
export function fitPrint(pose: Corners, points: readonly TrackedPoint[], print: Size): Corners {
  const [p0] = pose
  const size = Math.max(...pose.map(({ x, y }) => Math.hypot(x - p0.x, y - p0.y)))
  // Numbers around 1, else squares of pixels drown the rest.
  const scale = (point: Point): Point => ({ x: (point.x - p0.x) / size, y: (point.y - p0.y) / size })
  const ofPose = pose.map((corner, index) => ({ from: UNIT_SQUARE[index] ?? p0, to: scale(corner) }))
  const tracked = points.map(({ onPrint, seen }) => ({
    from: { x: onPrint.x / print.width, y: onPrint.y / print.height },
    to: scale(seen),
  }))
  let map = solve(ofPose.map((pair) => ({ ...pair, weight: 1 })))
  for (let round = 0; round < ROUNDS && map !== null; round += 1) {
    const before: Homography = map
    // From the pose, which may be far off at first, to what is measured.
    const tolerance = (OUTLIER_PX * 2 ** Math.max(0, 2 - round)) / size
    const weighted = [
      ...ofPose.map((pair) => ({ ...pair, weight: WEIGHT_OF_POSE })),
      ...tracked.map((pair) => ({
        ...pair,
        weight: biweight(distance(apply(before, pair.from), pair.to), tolerance),
      })),
    ]
    map = solve(weighted.map((pair) => ({ ...pair, weight: pair.weight / depth(before, pair.from) ** 2 })))
  }
  if (map === null) return pose
  const fitted = map
  const corner = (index: number): Point => {
    const { x, y } = apply(fitted, UNIT_SQUARE[index] ?? p0)
    return { x: p0.x + x * size, y: p0.y + y * size }
  }
  return [corner(0), corner(1), corner(2), corner(3)]
}

const UNIT_SQUARE: Corners = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
]

/** a … h of x' = (ax + by + c) / (gx + hy + 1) and y' = (dx + ey + f) / (gx + hy + 1). */
type Homography = readonly number[]

interface WeightedPair {
  readonly from: Point
  readonly to: Point
  readonly weight: number
}

function depth([, , , , , , g = 0, h = 0]: Homography, { x, y }: Point): number {
  return g * x + h * y + 1
}

function apply(map: Homography, point: Point): Point {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = map
  const w = depth(map, point)
  return { x: (a * point.x + b * point.y + c) / w, y: (d * point.x + e * point.y + f) / w }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y)
}

function biweight(off: number, tolerance: number): number {
  return off >= tolerance ? 0 : (1 - (off / tolerance) ** 2) ** 2
}

/** The normal equations of the eight unknowns. null: the points don't determine them. */
function solve(pairs: readonly WeightedPair[]): Homography | null {
  const rows = Array.from({ length: 8 }, () => new Float64Array(9))
  for (const { from, to, weight } of pairs) {
    const { x, y } = from
    addEquation(rows, [x, y, 1, 0, 0, 0, -x * to.x, -y * to.x, to.x], weight)
    addEquation(rows, [0, 0, 0, x, y, 1, -x * to.y, -y * to.y, to.y], weight)
  }
  return eliminate(rows)
}

function addEquation(rows: readonly Float64Array[], equation: readonly number[], weight: number): void {
  rows.forEach((row, index) => {
    const factor = (equation[index] ?? 0) * weight
    equation.forEach((value, column) => {
      row[column] = (row[column] ?? 0) + factor * value
    })
  })
}

/** Gauss's elimination with pivoting. */
function eliminate(rows: Float64Array[]): number[] | null {
  for (let column = 0; column < rows.length; column += 1) {
    const pivot = rows.slice(column).reduce((best, row) => (at(row, column) > at(best, column) ? row : best))
    if (!(at(pivot, column) > 1e-12)) return null
    rows.splice(rows.indexOf(pivot), 1)
    rows.splice(column, 0, pivot)
    for (const row of rows) {
      if (row === pivot) continue
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
      for (let index = column; index < row.length; index += 1) {
        row[index] = (row[index] ?? 0) - factor * (pivot[index] ?? 0)
      }
    }
  }
  return rows.map((row, index) => (row[8] ?? 0) / (row[index] ?? 1))
}

function at(row: Float64Array, column: number): number {
  return Math.abs(row[column] ?? 0)
}
