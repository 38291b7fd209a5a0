import { encode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { inspectMarker } from './inspect-marker.ts'

const point = (maxima: boolean, changes: object = {}): object => ({
  maxima,
  x: 12.5,
  y: 30.25,
  scale: 2,
  angle: -1.5,
  descriptors: Array.from({ length: 21 }, () => 0xff_ff_ff_ff),
  ...changes,
})
const leaf = (...pointIndexes: number[]): object => ({
  rootNode: { leaf: true, centerPointIndex: null, pointIndexes },
})
const branches = (secondCentre: string | null): object => ({
  rootNode: {
    leaf: false,
    centerPointIndex: null,
    children: [
      { leaf: true, centerPointIndex: '0', pointIndexes: [0] },
      { leaf: true, centerPointIndex: secondCentre, pointIndexes: [1] },
    ],
  },
})
const keyframe = (changes: object = {}): object => ({
  width: 300,
  height: 400,
  scale: 1,
  maximaPoints: [point(true), point(true)],
  minimaPoints: [point(false)],
  maximaPointsCluster: leaf(1, 0),
  minimaPointsCluster: leaf(0),
  ...changes,
})
const trackingImage = (changes: object = {}): object => ({
  width: 16,
  height: 20,
  scale: 0.5,
  data: new Uint8Array(16 * 20),
  points: [
    { x: 15, y: 19 },
    { x: 0, y: 0 },
    { x: 8, y: 9 },
    { x: 3, y: 12 },
  ],
  ...changes,
})
const target = (changes: object = {}): object => ({
  targetImage: { width: 300, height: 400 },
  trackingData: [trackingImage(), trackingImage()],
  matchingData: [keyframe()],
  ...changes,
})
const file = (changes: object = {}): Uint8Array => encode({ v: 2, dataList: [target()], ...changes })
const withTarget = (changes: object): Uint8Array => file({ dataList: [target(changes)] })
const withKeyframe = (changes: object): Uint8Array =>
  withTarget({ matchingData: [keyframe(), keyframe(changes)] })
const withTracking = (changes: object): Uint8Array =>
  withTarget({ trackingData: [trackingImage(), trackingImage(changes)] })

/** A file with a cluster of one branch in another. Put together from bytes, because `encode` would overflow. */
function deeplyNested(depth: number): Uint8Array {
  const placeholder = encode('HERE')
  const whole = Buffer.from(withKeyframe({ maximaPointsCluster: { rootNode: 'HERE' } }))
  const at = whole.indexOf(placeholder)
  const mapOfThree = 0x83
  const arrayOfOne = 0x91
  const branch = Buffer.concat([
    Buffer.of(mapOfThree),
    ...['leaf', false, 'centerPointIndex', '0', 'children'].map((part) => encode(part)),
    Buffer.of(arrayOfOne),
  ])
  return Buffer.concat([
    whole.subarray(0, at),
    ...Array.from({ length: depth }, () => branch),
    encode({ leaf: true, centerPointIndex: '0', pointIndexes: [0, 1] }),
    whole.subarray(at + placeholder.length),
  ])
}

describe('a whole marker file', () => {
  test('is valid and comes back decoded', () => {
    expect(inspectMarker(file())).toMatchObject({
      kind: 'valid',
      target: {
        targetImage: { width: 300, height: 400 },
        matchingData: [{ maximaPoints: [{ x: 12.5, y: 30.25 }, {}] }],
        trackingData: [{ points: [{ x: 15, y: 19 }, {}, {}, {}] }, {}],
      },
    })
  })

  test('may cluster its points in branches', () => {
    expect(inspectMarker(withKeyframe({ maximaPointsCluster: branches('1') }))).toMatchObject({
      kind: 'valid',
      target: { matchingData: [{}, { maximaPointsCluster: branches('1') }] },
    })
  })
})

describe('what cannot be read is invalid', () => {
  test.each([
    { what: 'nothing', bytes: new Uint8Array() },
    { what: 'the first half of a file', bytes: file().subarray(0, 500) },
    { what: 'a file with something after it', bytes: Buffer.concat([file(), Buffer.from('x')]) },
    { what: 'clusters nested a hundred thousand deep', bytes: deeplyNested(100_000) },
    { what: 'an array that claims four thousand million items', bytes: Buffer.from('ddffffffff', 'hex') },
  ])('$what', ({ bytes }) => {
    expect(inspectMarker(bytes)).toEqual({
      kind: 'invalid',
      problem: expect.stringMatching(/^unreadable: /),
    })
  })
})

describe('a file is invalid, and the problem is named, when it', () => {
  test.each([
    { what: 'is some other msgpack', bytes: encode('hello'), problem: /^file: / },
    { what: 'is of another version', bytes: file({ v: 1 }), problem: /^v: / },
    { what: 'has no target', bytes: file({ dataList: [] }), problem: /^dataList: / },
    { what: 'has two targets', bytes: file({ dataList: [target(), target()] }), problem: /^dataList: / },
    {
      what: 'has an image without width',
      bytes: withTarget({ targetImage: { width: 0, height: 400 } }),
      problem: /^dataList\.0\.targetImage\.width: /,
    },
    {
      what: 'has one tracking image',
      bytes: withTarget({ trackingData: [trackingImage()] }),
      problem: /^dataList\.0\.trackingData: /,
    },
    {
      what: 'has no keyframe',
      bytes: withTarget({ matchingData: [] }),
      problem: /^dataList\.0\.matchingData: /,
    },
    {
      what: 'has a point that is nowhere',
      bytes: withKeyframe({ minimaPoints: [point(false, { x: Number.NaN })] }),
      problem: /^dataList\.0\.matchingData\.1\.minimaPoints\.0\.x: /,
    },
    {
      what: 'has a point that is infinitely far away',
      bytes: withKeyframe({ minimaPoints: [point(false, { y: Infinity })] }),
      problem: /^dataList\.0\.matchingData\.1\.minimaPoints\.0\.y: /,
    },
    {
      what: 'has a descriptor that is too short',
      bytes: withKeyframe({ minimaPoints: [point(false, { descriptors: [1, 2] })] }),
      problem: /^dataList\.0\.matchingData\.1\.minimaPoints\.0\.descriptors: /,
    },
    {
      what: 'has a dark point among the bright ones',
      bytes: withKeyframe({ maximaPoints: [point(true), point(false)] }),
      problem: /^keyframe 1: a point of the other sign among the maxima$/,
    },
    {
      what: 'leaves a point out of its clusters',
      bytes: withKeyframe({ maximaPointsCluster: leaf(0) }),
      problem: /^keyframe 1: its maxima cluster does not list each point once$/,
    },
    {
      what: 'lists a point twice',
      bytes: withKeyframe({ maximaPointsCluster: leaf(0, 1, 1) }),
      problem: /^keyframe 1: its maxima cluster does not list each point once$/,
    },
    {
      what: 'lists a point that is not there',
      bytes: withKeyframe({ minimaPointsCluster: leaf(1) }),
      problem: /^keyframe 1: its minima cluster lists a point that does not exist$/,
    },
    {
      what: 'has a branch around no point',
      bytes: withKeyframe({ maximaPointsCluster: branches(null) }),
      problem: /^keyframe 1: its maxima cluster has a branch without a centre$/,
    },
    {
      what: 'has a branch around a point that is not there',
      bytes: withKeyframe({ maximaPointsCluster: branches('2') }),
      problem: /^keyframe 1: its maxima cluster has a branch without a centre$/,
    },
    {
      what: 'has a node that is neither leaf nor branch',
      bytes: withKeyframe({ maximaPointsCluster: { rootNode: { centerPointIndex: null } } }),
      problem: /^dataList\.0\.matchingData\.1\.maximaPointsCluster\.rootNode\.leaf: /,
    },
    {
      what: 'has too few pixels to follow',
      bytes: withTracking({ data: new Uint8Array(100) }),
      problem: /^tracking image 1: 100 pixels for 16 × 20$/,
    },
    {
      what: 'follows a point outside its image',
      bytes: withTracking({ points: [{ x: 16, y: 3 }] }),
      problem: /^tracking image 1: a point outside the image$/,
    },
    {
      what: 'has nothing to recognise',
      bytes: withTarget({
        matchingData: [
          keyframe({
            maximaPoints: [],
            minimaPoints: [],
            maximaPointsCluster: leaf(),
            minimaPointsCluster: leaf(),
          }),
        ],
      }),
      problem: /^no points to recognise the image by$/,
    },
    {
      what: 'has three points to follow, where the viewer needs four',
      bytes: withTracking({ points: [1, 2, 3].map((each) => ({ x: each, y: each })) }),
      problem: /^fewer than 4 points to follow the image by$/,
    },
  ])('$what', ({ bytes, problem }) => {
    expect(inspectMarker(bytes)).toEqual({ kind: 'invalid', problem: expect.stringMatching(problem) })
  })
})
