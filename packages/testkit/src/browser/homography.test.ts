import { expect, test } from 'vitest'
import { homographyTo, inverseOf, project, type Quad } from './homography.ts'

const TILTED: Quad = [
  { x: 120, y: 80 },
  { x: 410, y: 120 },
  { x: 380, y: 330 },
  { x: 90, y: 300 },
]

test('the corners of the unit square go to the corners of the quadrilateral', () => {
  const map = homographyTo(TILTED)
  const corners = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ]
  for (const [index, corner] of corners.entries()) {
    const { x, y } = project(map, corner)
    expect(x).toBeCloseTo(TILTED[index]?.x ?? Number.NaN, 9)
    expect(y).toBeCloseTo(TILTED[index]?.y ?? Number.NaN, 9)
  }
})

test('where the diagonals cross is the middle, nearer to the farther side', () => {
  const trapezium: Quad = [
    { x: 40, y: 0 },
    { x: 60, y: 0 },
    { x: 100, y: 60 },
    { x: 0, y: 60 },
  ]
  expect(project(homographyTo(trapezium), { x: 0.5, y: 0.5 })).toEqual({ x: 50, y: 10 })
})

test('the inverse leads back', () => {
  const map = homographyTo(TILTED)
  const back = project(inverseOf(map), project(map, { x: 0.3, y: 0.8 }))
  expect(back.x).toBeCloseTo(0.3, 9)
  expect(back.y).toBeCloseTo(0.8, 9)
})
