import { describe, expect, test } from 'vitest'
import type { FeaturePoint, Keyframe, TrackingImage } from './marker-file.ts'
import { rateMarker } from './rate-marker.ts'

const SIDE = 400

function keyframe(maximaPoints: FeaturePoint[], minimaPoints: FeaturePoint[] = [], side = SIDE): Keyframe {
  const cluster = { rootNode: { leaf: true as const, centerPointIndex: null, pointIndexes: [] } }
  return {
    width: side,
    height: side,
    scale: 1,
    maximaPoints,
    minimaPoints,
    maximaPointsCluster: cluster,
    minimaPointsCluster: cluster,
  }
}

function tracking(larger: number, smaller = 12): TrackingImage[] {
  const image = { width: 256, height: 256, scale: 0.5, data: new Uint8Array(256 * 256) }
  return [larger, smaller].map((length) => ({
    ...image,
    points: Array.from({ length }, (_, index) => ({ x: index, y: index })),
  }))
}

function point(x: number, y: number, descriptors: number[], maxima = true): FeaturePoint {
  return { maxima, x, y, scale: 1, angle: 0, descriptors }
}

/** Descriptors that differ from each other in about half of their bits. */
function descriptor(seed: number): number[] {
  let state = seed * 7919 + 1
  return Array.from({ length: 21 }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c_1b_3c_6d) + 0x9e_37_79_b9) >>> 0
    return state
  })
}

/** A descriptor with that many of its low bits set. */
function bits(count: number): number[] {
  return Array.from({ length: 21 }, (_, word) => {
    const here = Math.min(32, Math.max(0, count - word * 32))
    return here === 32 ? 0xff_ff_ff_ff : 2 ** here - 1
  })
}

/**
 * Points all unlike each other, in the middle of the cells of an 8 × 8 grid, cell after cell from the top
 * left.
 */
function unlikePoints(count: number, cells = 64): FeaturePoint[] {
  return Array.from({ length: count }, (_, index) => {
    const cell = index % cells
    return point((cell % 8) * 50 + 25, Math.floor(cell / 8) * 50 + 25, descriptor(index))
  })
}

describe('the rating', () => {
  test('is 5 with 150 unlike points all over the image and 25 points to follow it by', () => {
    expect(rateMarker({ matchingData: [keyframe(unlikePoints(150))], trackingData: tracking(25) })).toEqual({
      rating: 5,
      featureCount: 150,
      coverage: 1,
      trackingPointCount: 25,
    })
  })

  test.each([
    { unique: 300, cells: 64, followed: 90, rating: 5, because: 'more than enough is enough' },
    { unique: 149, cells: 64, followed: 25, rating: 5, because: '4.99 is shown as 5' },
    { unique: 75, cells: 64, followed: 25, rating: 3.8, because: '5 · 0.5^0.4 = 3.79' },
    { unique: 150, cells: 32, followed: 25, rating: 4.1, because: '5 · 0.5^0.3 = 4.06' },
    { unique: 150, cells: 1, followed: 25, rating: 1.4, because: '5 · (1/64)^0.3 = 1.44' },
    { unique: 150, cells: 64, followed: 5, rating: 3.1, because: '5 · 0.2^0.3 = 3.09' },
    { unique: 30, cells: 16, followed: 10, rating: 1.3, because: '5 · 0.2^0.4 · 0.25^0.3 · 0.4^0.3 = 1.32' },
    {
      unique: 1,
      cells: 1,
      followed: 1,
      rating: 0.1,
      because: '5 · (1/150)^0.4 · (1/64)^0.3 · 0.04^0.3 = 0.07',
    },
    { unique: 150, cells: 64, followed: 0, rating: 0, because: 'what is found could not be followed' },
    { unique: 0, cells: 64, followed: 25, rating: 0, because: 'there is nothing to find' },
  ])(
    'of $unique unlike points in $cells cells, $followed to follow, is $rating: $because',
    ({ unique, cells, followed, rating }) => {
      const marker = {
        matchingData: [keyframe(unlikePoints(unique, cells))],
        trackingData: tracking(followed),
      }
      expect(rateMarker(marker).rating).toBe(rating)
    },
  )

  test('is 0 when hundreds of points all look alike, as on a checkerboard', () => {
    const alike = unlikePoints(400).map((each) => ({ ...each, descriptors: descriptor(1) }))
    expect(rateMarker({ matchingData: [keyframe(alike)], trackingData: tracking(25) })).toEqual({
      rating: 0,
      featureCount: 0,
      coverage: 0,
      trackingPointCount: 25,
    })
  })

  test.each([
    { smaller: 3, rating: 0 },
    { smaller: 4, rating: 5 },
  ])('is $rating with $smaller points in the tracking image that the viewer uses', ({ smaller, rating }) => {
    const marker = { matchingData: [keyframe(unlikePoints(150))], trackingData: tracking(25, smaller) }
    expect(rateMarker(marker).rating).toBe(rating)
  })

  test('is 0 for an image without keyframes or tracking images', () => {
    expect(rateMarker({ matchingData: [], trackingData: [] })).toEqual({
      rating: 0,
      featureCount: 0,
      coverage: 0,
      trackingPointCount: 0,
    })
  })
})

describe('a point', () => {
  const featureCount = (maxima: FeaturePoint[], minima: FeaturePoint[] = []): number =>
    rateMarker({ matchingData: [keyframe(maxima, minima)], trackingData: [] }).featureCount

  test.each([
    { apart: 0, unique: 0 },
    { apart: 80, unique: 0 },
    { apart: 81, unique: 2 },
    { apart: 672, unique: 2 },
  ])('$apart bits from its nearest other leaves $unique of the two', ({ apart, unique }) => {
    expect(featureCount([point(10, 10, bits(0)), point(200, 200, bits(apart))])).toBe(unique)
  })

  test('that has a lookalike does not take the others down with it', () => {
    expect(
      featureCount([
        point(1, 1, bits(0)),
        point(2, 2, bits(40)),
        point(3, 3, bits(300)),
        point(4, 4, bits(600)),
      ]),
    ).toBe(2)
  })

  test('that is bright is never taken for one that is dark', () => {
    expect(featureCount([point(10, 10, bits(5))], [point(200, 200, bits(5), false)])).toBe(2)
  })

  test('alone in its image is unique', () => {
    expect(featureCount([point(10, 10, bits(0))])).toBe(1)
  })
})

describe('coverage', () => {
  const coverage = (...points: FeaturePoint[]): number =>
    rateMarker({ matchingData: [keyframe(points)], trackingData: [] }).coverage

  test('counts a cell once, however many points it holds', () => {
    expect(coverage(point(1, 1, bits(0)), point(49, 49, bits(300)))).toBe(1 / 64)
  })

  test('tells rows from columns', () => {
    expect(coverage(point(60, 10, bits(0)), point(10, 60, bits(300)))).toBe(2 / 64)
  })

  test('counts a point that interpolation put just outside as one at the edge', () => {
    expect(
      coverage(
        point(SIDE + 0.4, SIDE + 0.4, bits(0)),
        point(SIDE - 1, SIDE - 1, bits(300)),
        point(-0.3, 5, bits(600)),
      ),
    ).toBe(2 / 64)
  })

  test('leaves out cells whose only points look alike', () => {
    expect(coverage(point(10, 10, bits(0)), point(210, 210, bits(1)), point(390, 10, bits(300)))).toBe(1 / 64)
  })
})

describe('the keyframe that is judged', () => {
  test('is the first whose short side is at most 512', () => {
    const keyframes = [
      keyframe(unlikePoints(150), [], 640),
      keyframe(unlikePoints(60), [], 512),
      keyframe(unlikePoints(20), [], 320),
    ]
    expect(rateMarker({ matchingData: keyframes, trackingData: tracking(25) }).featureCount).toBe(60)
  })

  test('may be longer than 512 on its other side', () => {
    const wide = { ...keyframe(unlikePoints(64)), width: 640, height: 480 }
    expect(rateMarker({ matchingData: [wide], trackingData: tracking(25) }).featureCount).toBe(64)
  })
})
