import { expect, test } from 'vitest'
import { UPRIGHT } from './camera-film.ts'
import { cornersSeen } from './print-pose.ts'

const FACING = { aspect: 4 / 3, width: 240, middle: { x: 240, y: 320 } }
const rounded = (turn: object) =>
  cornersSeen({ ...FACING, turn }, UPRIGHT).map(({ x, y }) => [Math.round(x), Math.round(y)])

test('a print that faces the camera is a rectangle', () => {
  expect(rounded({})).toEqual([
    [120, 230],
    [360, 230],
    [360, 410],
    [120, 410],
  ])
})

test('what is turned away is seen smaller: the upper edge, the right one', () => {
  expect(rounded({ x: 40 })).toEqual([
    [128, 256],
    [352, 256],
    [370, 395],
    [110, 395],
  ])
  expect(rounded({ y: 40 })).toEqual([
    [138, 220],
    [324, 238],
    [324, 402],
    [138, 420],
  ])
})

test('clockwise', () => {
  expect(rounded({ z: 90 })).toEqual([
    [330, 200],
    [330, 440],
    [150, 440],
    [150, 200],
  ])
})
